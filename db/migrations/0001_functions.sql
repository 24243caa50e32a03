-- Rules that must hold inside one statement live here: clocks, epochs, events and the ledger's arithmetic.

INSERT INTO worlds (id, kind, description) VALUES
  ('live', 'live', 'Work on the present, at the database''s clock.'),
  ('synthetic', 'synthetic', 'The made-up tape of the first offline run; never part of the live record.');
--> statement-breakpoint

-- The instant it is in a world; null for an unknown world, so that nothing there counts as fresh.
CREATE FUNCTION world_now(world_id text) RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT coalesce(w.clock_at, statement_timestamp() + w.clock_offset) FROM worlds w WHERE w.id = world_id
$$;
--> statement-breakpoint

-- Sequence number of the newest market event that covers a subject in a world; 0 before the first.
CREATE FUNCTION covering_epoch(world_id text, subject text) RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT coalesce(max(e.seq), 0) FROM epochs e WHERE e.world IN ('*', world_id) AND e.scope IN ('*', subject)
$$;
--> statement-breakpoint

CREATE SEQUENCE market_event_seq;
--> statement-breakpoint

-- Records an event once and moves the epochs it covers. The advisory lock is held to commit: no event can
-- take a lower number than one that is already visible.
CREATE FUNCTION record_market_event(
  p_id text, p_type text, p_world text, p_everything boolean, p_subjects text[], p_reason text, p_at timestamptz
) RETURNS TABLE (first boolean, seq bigint) LANGUAGE plpgsql AS $$
DECLARE v_seq bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(4021500114);
  SELECT e.seq INTO v_seq FROM market_events e WHERE e.id = p_id;
  IF FOUND THEN RETURN QUERY SELECT false, v_seq; RETURN; END IF;
  v_seq := nextval('market_event_seq');
  INSERT INTO market_events (id, seq, type, world, everything, subjects, reason, happened_at, recorded_at)
  VALUES (p_id, v_seq, p_type, p_world, p_everything, p_subjects, p_reason, p_at, clock_timestamp());
  INSERT INTO epochs (world, scope, seq)
  SELECT coalesce(p_world, '*'), s, v_seq
  FROM unnest(CASE WHEN p_everything THEN ARRAY['*'] ELSE p_subjects END) AS s
  GROUP BY s
  ON CONFLICT (world, scope) DO UPDATE SET seq = excluded.seq, updated_at = clock_timestamp();
  RETURN QUERY SELECT true, v_seq;
END $$;
--> statement-breakpoint

-- Counts a read. Metrics may lose the last moments before a crash of Postgres; waiting for the disk on every
-- cache hit would cost more than they are worth.
CREATE FUNCTION record_brief_read(
  p_world text, p_subject text, p_kind text, p_template text, p_outcome text,
  p_brief_id text, p_epoch bigint, p_reader text, p_saved bigint, p_at timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('synchronous_commit', 'off', true);
  INSERT INTO brief_reads
    (world, subject, kind, template, outcome, brief_id, epoch, reader, cost_saved_micro_usd, read_at)
  VALUES
    (p_world, p_subject, p_kind, p_template, p_outcome, p_brief_id, p_epoch, p_reader, p_saved, p_at);
  -- At most once a second per brief: readers at once would queue for its row.
  UPDATE briefs SET last_read_at = p_at WHERE id = p_brief_id AND last_read_at < p_at - interval '1 second';
END $$;
--> statement-breakpoint

-- Finds the newest fresh brief of a key and counts the hit. The instant is taken before the check, so that a
-- hit that is dated after an event was committed is proof of a stale brief (invariant 5).
CREATE FUNCTION serve_brief(p_key text, p_reader text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  v_at timestamptz := clock_timestamp();
  v_brief record;
BEGIN
  SELECT b.id, b.world, b.subject, b.kind, b.template, b.epoch, b.cost_micro_usd INTO v_brief FROM briefs b
  WHERE b.key = p_key AND b.expires_at > world_now(b.world) AND b.epoch >= covering_epoch(b.world, b.subject)
  ORDER BY b.created_at DESC LIMIT 1;
  IF NOT FOUND THEN RETURN NULL; END IF;
  PERFORM record_brief_read(v_brief.world, v_brief.subject, v_brief.kind, v_brief.template, 'hit', v_brief.id,
    v_brief.epoch, p_reader, v_brief.cost_micro_usd, v_at);
  RETURN v_brief.id;
END $$;
--> statement-breakpoint

-- The caps that cover one call, in the order in which every transaction locks them.
CREATE FUNCTION covering_caps(
  p_at timestamptz, p_session text, p_decision text, p_provider text, p_model text
) RETURNS TABLE (rank int, scope text, key text, period text, limit_micro_usd bigint, policy text)
LANGUAGE sql STABLE AS $$
  SELECT DISTINCT ON (c.rank) c.rank, c.scope, c.key, c.period, l.limit_micro_usd, l.policy
  FROM (VALUES
    (1, 'month', '*', to_char(p_at AT TIME ZONE 'UTC', 'YYYY-MM')),
    (2, 'day', '*', to_char(p_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')),
    (3, 'market_session', p_session, 'once'),
    (4, 'decision', p_decision, 'once'),
    (5, 'provider', p_provider, to_char(p_at AT TIME ZONE 'UTC', 'YYYY-MM')),
    (6, 'model', p_model, to_char(p_at AT TIME ZONE 'UTC', 'YYYY-MM'))
  ) AS c (rank, scope, key, period)
  JOIN cap_limits l ON l.scope = c.scope AND l.key IN (c.key, '*')
  WHERE c.key IS NOT NULL
  ORDER BY c.rank, (l.key = c.key) DESC
$$;
--> statement-breakpoint

-- Reserves the worst case of one sending on every covering cap, or on none.
-- status: reserved | already (the stored row's status is in row_status) | refused (the cap that refused).
CREATE FUNCTION reserve_call(
  p_key text, p_call_key text, p_ordinal int, p_amount bigint, p_world text, p_provider text, p_model text,
  p_feature text, p_category text, p_session text, p_decision text, p_price_version text, p_billed boolean
) RETURNS TABLE (
  status text, row_status text, reserved_micro_usd bigint,
  cap_scope text, cap_key text, cap_period text, cap_policy text, remaining_micro_usd bigint
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_now timestamptz := world_now('live');
  v_cap record;
  v_cap_id bigint;
  v_left bigint;
BEGIN
  INSERT INTO ledger (key, call_key, ordinal, world, provider, model, feature, category, decision_id, session_id,
                      status, billed, reserved_micro_usd, price_version, reserved_at)
  VALUES (p_key, p_call_key, p_ordinal, p_world, p_provider, p_model, p_feature, p_category, p_decision, p_session,
          'reserved', p_billed, p_amount, p_price_version, v_now)
  ON CONFLICT (key) DO NOTHING;
  IF NOT FOUND THEN
    RETURN QUERY SELECT 'already', l.status, l.reserved_micro_usd, null::text, null::text, null::text, null::text, null::bigint
    FROM ledger l WHERE l.key = p_key;
    RETURN;
  END IF;
  IF NOT p_billed THEN
    RETURN QUERY SELECT 'reserved', 'reserved', p_amount, null::text, null::text, null::text, null::text, null::bigint;
    RETURN;
  END IF;
  <<each_cap>>
  FOR v_cap IN SELECT * FROM covering_caps(v_now, p_session, p_decision, p_provider, p_model) LOOP
    LOOP
      UPDATE caps c SET held_micro_usd = c.held_micro_usd + p_amount
      WHERE c.scope = v_cap.scope AND c.key = v_cap.key AND c.period = v_cap.period AND c.closed_at IS NULL
        AND c.spent_micro_usd + c.held_micro_usd + p_amount <= c.limit_micro_usd
      RETURNING c.id INTO v_cap_id;
      EXIT WHEN FOUND;
      SELECT greatest(0, c.limit_micro_usd - c.spent_micro_usd - c.held_micro_usd), c.id INTO v_left, v_cap_id
      FROM caps c
      WHERE c.scope = v_cap.scope AND c.key = v_cap.key AND c.period = v_cap.period AND c.closed_at IS NULL
      FOR UPDATE;
      IF FOUND AND v_left < p_amount THEN
        -- Undo inside this transaction: no one else has seen any of it.
        UPDATE caps c SET held_micro_usd = c.held_micro_usd - r.held_micro_usd
        FROM reservations r WHERE r.ledger_key = p_key AND c.id = r.cap_id;
        DELETE FROM reservations r WHERE r.ledger_key = p_key;
        DELETE FROM ledger l WHERE l.key = p_key;
        RETURN QUERY SELECT 'refused', null::text, p_amount, v_cap.scope, v_cap.key, v_cap.period, c.policy, v_left
        FROM caps c WHERE c.id = v_cap_id;
        RETURN;
      ELSIF NOT FOUND THEN
        -- The limit is read again under the lock that changes of limits take, or a new cap could miss one.
        PERFORM pg_advisory_xact_lock_shared(4021500115);
        INSERT INTO caps (scope, key, period, limit_micro_usd, policy, opened_at)
        SELECT n.scope, n.key, n.period, n.limit_micro_usd, n.policy, v_now
        FROM covering_caps(v_now, p_session, p_decision, p_provider, p_model) n WHERE n.rank = v_cap.rank
        ON CONFLICT (scope, key, period) WHERE closed_at IS NULL DO NOTHING;
        CONTINUE each_cap WHEN NOT EXISTS (
          SELECT FROM covering_caps(v_now, p_session, p_decision, p_provider, p_model) n WHERE n.rank = v_cap.rank);
      END IF;
    END LOOP;
    INSERT INTO reservations (ledger_key, cap_id, status, held_micro_usd) VALUES (p_key, v_cap_id, 'open', p_amount);
  END LOOP;
  RETURN QUERY SELECT 'reserved', 'reserved', p_amount, null::text, null::text, null::text, null::text, null::bigint;
END $$;
--> statement-breakpoint

-- Frees what a call holds and books `p_spent` on the same caps, in the fixed order of scopes.
CREATE FUNCTION release_reservations(p_key text, p_status text, p_spent bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE v_hold record;
BEGIN
  FOR v_hold IN
    SELECT r.cap_id, r.status, r.held_micro_usd FROM reservations r JOIN caps c ON c.id = r.cap_id
    WHERE r.ledger_key = p_key
    ORDER BY array_position(ARRAY['month', 'day', 'market_session', 'decision', 'provider', 'model'], c.scope)
  LOOP
    UPDATE caps c SET
      held_micro_usd = c.held_micro_usd - CASE v_hold.status WHEN 'open' THEN v_hold.held_micro_usd ELSE 0 END,
      spent_micro_usd = c.spent_micro_usd + p_spent,
      overrun_micro_usd = c.overrun_micro_usd
        + greatest(0, p_spent - CASE v_hold.status WHEN 'open' THEN v_hold.held_micro_usd ELSE 0 END)
    WHERE c.id = v_hold.cap_id;
    UPDATE reservations r SET status = p_status, spent_micro_usd = p_spent
    WHERE r.ledger_key = p_key AND r.cap_id = v_hold.cap_id;
  END LOOP;
END $$;
--> statement-breakpoint

-- Books the truth once. A second settlement changes nothing; a late one after `uncertain` or `void` is booked.
CREATE FUNCTION settle_call(
  p_key text, p_actual bigint, p_input bigint, p_cached bigint, p_cache_write bigint, p_output bigint,
  p_reasoning bigint, p_outcome text, p_note text
) RETURNS TABLE (first boolean, row_status text, actual_micro_usd bigint) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  UPDATE ledger l SET status = 'settled', actual_micro_usd = p_actual, input_tokens = p_input,
    cached_input_tokens = p_cached, cache_write_tokens = p_cache_write, output_tokens = p_output,
    reasoning_tokens = p_reasoning, outcome = p_outcome, note = coalesce(p_note, l.note), settled_at = world_now('live')
  WHERE l.key = p_key AND l.status <> 'settled';
  IF FOUND THEN
    PERFORM release_reservations(p_key, 'settled', p_actual);
    RETURN QUERY SELECT true, 'settled', p_actual;
  ELSE
    RETURN QUERY SELECT false, l.status, l.actual_micro_usd FROM ledger l WHERE l.key = p_key;
  END IF;
END $$;
--> statement-breakpoint

-- Gives back what was held for a sending that certainly never reached the provider.
CREATE FUNCTION void_call(p_key text, p_outcome text, p_note text)
RETURNS TABLE (first boolean, row_status text) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  UPDATE ledger l SET status = 'void', outcome = p_outcome, note = coalesce(p_note, l.note), settled_at = world_now('live')
  WHERE l.key = p_key AND l.status IN ('reserved', 'uncertain');
  IF FOUND THEN
    PERFORM release_reservations(p_key, 'void', 0);
    RETURN QUERY SELECT true, 'void';
  ELSE
    RETURN QUERY SELECT false, l.status FROM ledger l WHERE l.key = p_key;
  END IF;
END $$;
