-- Workers of the version before calls were reserved in batches call this by name, and go on running while an upgrade
-- is under way: 0011 took it from them. It is a batch of one.
CREATE FUNCTION reserve_call(
  p_key text, p_call_key text, p_ordinal int, p_amount bigint, p_world text, p_provider text, p_model text,
  p_feature text, p_category text, p_session text, p_decision text, p_price_version text, p_billed boolean
) RETURNS TABLE (
  status text, row_status text, reserved_micro_usd bigint,
  cap_scope text, cap_key text, cap_period text, cap_policy text, remaining_micro_usd bigint
) LANGUAGE sql AS $$
  SELECT * FROM reserve_calls(jsonb_build_array(jsonb_build_object(
    'key', p_key, 'call_key', p_call_key, 'ordinal', p_ordinal, 'amount', p_amount, 'world', p_world,
    'provider', p_provider, 'model', p_model, 'feature', p_feature, 'category', p_category,
    'session_id', p_session, 'decision_id', p_decision, 'price_version', p_price_version, 'billed', p_billed,
    'task', '-', 'estimated_input', null)))
$$;
