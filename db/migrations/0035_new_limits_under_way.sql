-- A call that was about to be kept while everyone's limit was set for the first time opens the cap of its own key: it was
-- held on none, and the limit let its amount be spent once more. The rest is as in 0033.
CREATE OR REPLACE FUNCTION reserve_calls(p_calls jsonb) RETURNS TABLE (
  status text, row_status text, reserved_micro_usd bigint,
  cap_scope text, cap_key text, cap_period text, cap_policy text, remaining_micro_usd bigint
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_now timestamptz := world_now('live');
  v_call record;
  v_cap record;
  v_caps bigint[];
  -- Limits change one after another, so their changes are seen in the order of their numbers.
  v_seen bigint := coalesce((SELECT max(id) FROM cap_limit_changes), 0);
BEGIN
  -- A sending that was reserved before opens no cap.
  PERFORM lock_caps_of_calls(v_now, coalesce(jsonb_agg(q), '[]'))
  FROM jsonb_array_elements(p_calls) q WHERE NOT EXISTS (SELECT FROM ledger l WHERE l.key = q ->> 'key');
  -- A new limit locks the ledger until it has counted what is booked; from here on there is none. The transaction begins
  -- anew where there was one just now: its caps are locked before the ledger, as everyone locks them.
  LOCK TABLE ledger IN ROW EXCLUSIVE MODE;
  IF EXISTS (SELECT FROM cap_limit_changes WHERE id > v_seen) AND EXISTS (
    SELECT FROM caps_of_calls(v_now, (SELECT coalesce(jsonb_agg(q), '[]') FROM jsonb_array_elements(p_calls) q
      WHERE NOT EXISTS (SELECT FROM ledger l WHERE l.key = q ->> 'key'))) n
    WHERE NOT EXISTS (SELECT FROM caps c
      WHERE c.scope = n.scope AND c.key = n.key AND c.period = n.period AND c.closed_at IS NULL)
  ) THEN
    RAISE EXCEPTION 'a limit was set while calls were reserved' USING ERRCODE = 'serialization_failure';
  END IF;
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
      WHERE v_call.amount > 0 AND c.spent_micro_usd + c.held_micro_usd + v_call.amount > c.limit_micro_usd
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
