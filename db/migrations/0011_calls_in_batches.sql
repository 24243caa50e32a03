-- The paid call in few statements. Calls that come together are reserved, and finished, in one transaction: the
-- caps' rows are what every call of a day waits for, so each is locked once per batch instead of once per call.

-- The caps that cover a batch of calls, each once.
CREATE FUNCTION caps_of_calls(p_at timestamptz, p_calls jsonb)
RETURNS TABLE (rank int, scope text, key text, period text, limit_micro_usd bigint, policy text)
LANGUAGE sql STABLE AS $$
  SELECT DISTINCT n.rank, n.scope, n.key, n.period, n.limit_micro_usd, n.policy
  FROM jsonb_to_recordset(p_calls) AS q (
    session_id text, decision_id text, provider text, model text, billed boolean)
  CROSS JOIN LATERAL covering_caps(p_at, q.session_id, q.decision_id, q.provider, q.model) n
  WHERE q.billed
$$;
--> statement-breakpoint

-- Opens the caps that a batch needs and locks them all, in one order for everyone (scope, then key), before
-- anything is held on any: no two transactions ever wait for each other.
CREATE FUNCTION lock_caps_of_calls(p_at timestamptz, p_calls jsonb) RETURNS void LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_needed bigint;
  v_open bigint;
BEGIN
  LOOP
    SELECT count(*), count(c.id) INTO v_needed, v_open FROM caps_of_calls(p_at, p_calls) n
    LEFT JOIN caps c ON c.scope = n.scope AND c.key = n.key AND c.period = n.period AND c.closed_at IS NULL;
    IF v_open < v_needed THEN
      -- The limit is read again under the lock that changes of limits take, or a new cap could miss one.
      PERFORM pg_advisory_xact_lock_shared(4021500115);
      INSERT INTO caps (scope, key, period, limit_micro_usd, policy, opened_at)
      SELECT n.scope, n.key, n.period, n.limit_micro_usd, n.policy, p_at FROM caps_of_calls(p_at, p_calls) n
      ORDER BY n.rank, n.key
      ON CONFLICT (scope, key, period) WHERE closed_at IS NULL DO NOTHING;
    END IF;
    PERFORM 1 FROM caps_of_calls(p_at, p_calls) n
    JOIN caps c ON c.scope = n.scope AND c.key = n.key AND c.period = n.period AND c.closed_at IS NULL
    ORDER BY n.rank, n.key FOR UPDATE OF c;
    GET DIAGNOSTICS v_open = ROW_COUNT;
    -- A cap that was closed while we waited for it is opened anew.
    EXIT WHEN v_open >= v_needed;
  END LOOP;
END $$;
--> statement-breakpoint

-- Reserves each call's worst case on every covering cap, or on none: one row per call, in the order given.
-- status: reserved | already (the stored row's status is in row_status) | refused (the cap that refused).
CREATE FUNCTION reserve_calls(p_calls jsonb) RETURNS TABLE (
  status text, row_status text, reserved_micro_usd bigint,
  cap_scope text, cap_key text, cap_period text, cap_policy text, remaining_micro_usd bigint
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_now timestamptz := world_now('live');
  v_call record;
  v_cap record;
  v_caps bigint[];
BEGIN
  -- A sending that was reserved before opens no cap.
  PERFORM lock_caps_of_calls(v_now, coalesce(jsonb_agg(q), '[]'))
  FROM jsonb_array_elements(p_calls) q WHERE NOT EXISTS (SELECT FROM ledger l WHERE l.key = q ->> 'key');
  FOR v_call IN
    SELECT * FROM jsonb_to_recordset(p_calls) AS q (
      key text, call_key text, ordinal int, amount bigint, world text, provider text, model text, feature text,
      category text, session_id text, decision_id text, price_version text, billed boolean, task text,
      estimated_input int)
  LOOP
    SELECT l.status, l.reserved_micro_usd INTO v_cap FROM ledger l WHERE l.key = v_call.key;
    IF FOUND THEN
      RETURN QUERY SELECT 'already', v_cap.status, v_cap.reserved_micro_usd, null::text, null::text, null::text, null::text, null::bigint;
      CONTINUE;
    END IF;
    v_caps := '{}';
    IF v_call.billed THEN
      SELECT n.scope, n.key, n.period, c.policy, greatest(0, c.limit_micro_usd - c.spent_micro_usd - c.held_micro_usd) AS room
      INTO v_cap
      FROM covering_caps(v_now, v_call.session_id, v_call.decision_id, v_call.provider, v_call.model) n
      JOIN caps c ON c.scope = n.scope AND c.key = n.key AND c.period = n.period AND c.closed_at IS NULL
      WHERE c.spent_micro_usd + c.held_micro_usd + v_call.amount > c.limit_micro_usd
      ORDER BY n.rank LIMIT 1;
      IF FOUND THEN
        RETURN QUERY SELECT 'refused', null::text, v_call.amount, v_cap.scope, v_cap.key, v_cap.period, v_cap.policy, v_cap.room;
        CONTINUE;
      END IF;
    END IF;
    INSERT INTO ledger (key, call_key, ordinal, world, provider, model, feature, category, decision_id, session_id,
                        status, billed, reserved_micro_usd, price_version, reserved_at, task,
                        estimated_input_tokens)
    VALUES (v_call.key, v_call.call_key, v_call.ordinal, v_call.world, v_call.provider, v_call.model, v_call.feature,
            v_call.category, v_call.decision_id, v_call.session_id, 'reserved', v_call.billed, v_call.amount,
            v_call.price_version, v_now, v_call.task, v_call.estimated_input)
    ON CONFLICT (key) DO NOTHING;
    IF NOT FOUND THEN
      -- Another transaction was faster with this very sending; nothing is held yet.
      RETURN QUERY SELECT 'already', l.status, l.reserved_micro_usd, null::text, null::text, null::text, null::text, null::bigint
      FROM ledger l WHERE l.key = v_call.key;
      CONTINUE;
    END IF;
    IF v_call.billed THEN
      WITH held AS (
        UPDATE caps c SET held_micro_usd = c.held_micro_usd + v_call.amount
        FROM covering_caps(v_now, v_call.session_id, v_call.decision_id, v_call.provider, v_call.model) n
        WHERE c.scope = n.scope AND c.key = n.key AND c.period = n.period AND c.closed_at IS NULL
        RETURNING c.id
      )
      INSERT INTO reservations (ledger_key, cap_id, status, held_micro_usd)
      SELECT v_call.key, held.id, 'open', v_call.amount FROM held;
    END IF;
    RETURN QUERY SELECT 'reserved', 'reserved', v_call.amount, null::text, null::text, null::text, null::text, null::bigint;
  END LOOP;
END $$;
--> statement-breakpoint

DROP FUNCTION reserve_call(text, text, int, bigint, text, text, text, text, text, text, text, text, boolean);
--> statement-breakpoint

-- Locks the caps on which these sendings hold money, in the order of reserve_calls.
CREATE FUNCTION lock_caps_of_sendings(p_keys text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM caps c WHERE c.id IN (SELECT r.cap_id FROM reservations r WHERE r.ledger_key = ANY (p_keys))
  ORDER BY array_position(ARRAY['month', 'day', 'market_session', 'decision', 'provider', 'model'], c.scope), c.key
  FOR UPDATE OF c;
END $$;
--> statement-breakpoint

-- Frees what a call holds and books `p_spent` on the same caps.
CREATE OR REPLACE FUNCTION release_reservations(p_key text, p_status text, p_spent bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM lock_caps_of_sendings(ARRAY[p_key]);
  UPDATE caps c SET
    held_micro_usd = c.held_micro_usd - CASE r.status WHEN 'open' THEN r.held_micro_usd ELSE 0 END,
    spent_micro_usd = c.spent_micro_usd + p_spent,
    overrun_micro_usd = c.overrun_micro_usd
      + greatest(0, p_spent - CASE r.status WHEN 'open' THEN r.held_micro_usd ELSE 0 END)
  FROM reservations r WHERE r.ledger_key = p_key AND c.id = r.cap_id;
  UPDATE reservations r SET status = p_status, spent_micro_usd = p_spent WHERE r.ledger_key = p_key;
END $$;
--> statement-breakpoint

-- Takes one good or bad call, or check, into a model's health.
CREATE FUNCTION observe_health(
  p_provider text, p_model text, p_origin text, p_ok boolean, p_failure text, p_latency_ms int
) RETURNS SETOF model_health LANGUAGE sql AS $$
  INSERT INTO health_checks (provider, model, origin, ok, failure, latency_ms, checked_at)
  VALUES (p_provider, p_model, p_origin, p_ok, p_failure, p_latency_ms, clock_timestamp());
  INSERT INTO model_health AS h (provider, model, available, availability, consecutive_failures,
    average_response_time_ms, last_failure, last_check_at)
  VALUES (p_provider, p_model, true, p_ok::int, 1 - p_ok::int, CASE WHEN p_ok THEN p_latency_ms::float8 END,
    p_failure, clock_timestamp())
  ON CONFLICT (provider, model) DO UPDATE SET
    consecutive_failures = CASE WHEN p_ok THEN 0 ELSE h.consecutive_failures + 1 END,
    available = p_ok OR h.consecutive_failures + 1 < 2,
    availability = 0.9 * h.availability + 0.1 * excluded.availability,
    average_response_time_ms = coalesce(
      0.9 * h.average_response_time_ms + 0.1 * excluded.average_response_time_ms,
      excluded.average_response_time_ms, h.average_response_time_ms),
    last_failure = coalesce(excluded.last_failure, h.last_failure),
    last_check_at = excluded.last_check_at
  RETURNING *
$$;
--> statement-breakpoint

-- Books the bill and stores the answer of each call, in one transaction; one row per call, in the order given:
-- whether its answer is the one that is now stored under its key. `observed` says that the call speaks of its
-- model's health, and whether it was a probe.
CREATE FUNCTION finish_calls(p_calls jsonb) RETURNS TABLE (stored boolean) LANGUAGE plpgsql AS $$
DECLARE v_call record;
BEGIN
  PERFORM lock_caps_of_sendings(ARRAY(SELECT q.ledger_key FROM jsonb_to_recordset(p_calls) AS q (ledger_key text)));
  FOR v_call IN
    SELECT * FROM jsonb_to_recordset(p_calls) AS q (
      ledger_key text, actual bigint, input_tokens bigint, cached_tokens bigint, cache_write_tokens bigint,
      output_tokens bigint, reasoning_tokens bigint, key text, world text, provider text, model text, answer jsonb,
      usage jsonb, cost bigint, latency_ms int, served_by text)
  LOOP
    PERFORM FROM settle_call(v_call.ledger_key, v_call.actual, v_call.input_tokens, v_call.cached_tokens,
      v_call.cache_write_tokens, v_call.output_tokens, v_call.reasoning_tokens, 'answered', null);
    IF NOT FOUND THEN
      RAISE EXCEPTION 'ledger has no row "%"; reserve the call first', v_call.ledger_key;
    END IF;
    INSERT INTO answers (key, world, provider, model, status, failure, answer, usage, cost_micro_usd, latency_ms,
                         served_by, created_at)
    VALUES (v_call.key, v_call.world, v_call.provider, v_call.model, 'answered', null,
            nullif(v_call.answer, 'null'::jsonb), nullif(v_call.usage, 'null'::jsonb), v_call.cost, v_call.latency_ms,
            v_call.served_by, clock_timestamp())
    ON CONFLICT (key) DO NOTHING;
    RETURN QUERY SELECT FOUND;
  END LOOP;
  -- A note on health that cannot be written must not cost the calls their answers.
  BEGIN
    PERFORM observe_health(q.provider, q.model, q.observed, true, null, q.latency_ms)
    FROM (
      SELECT * FROM jsonb_to_recordset(p_calls) AS q (provider text, model text, observed text, latency_ms int)
      WHERE q.observed IS NOT NULL ORDER BY q.provider, q.model
    ) q;
  EXCEPTION WHEN OTHERS THEN
    RAISE WARNING 'health not noted: %', SQLERRM;
  END;
END $$;
