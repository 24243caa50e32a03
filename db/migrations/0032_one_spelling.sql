-- Class shares and contracts have one spelling now (domain/market/subject.ts); under another one a trade counts towards
-- no cap, and nobody can take a subject off its watchlist.
CREATE FUNCTION pg_temp.contract_spelling(name text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN lower(name) LIKE 'polymarket/%' THEN lower(name)
    ELSE lower(split_part(name, '/', 1)) || upper(substr(name, strpos(name || '/', '/'))) END
$$;--> statement-breakpoint
CREATE FUNCTION pg_temp.one_spelling(subject text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN subject LIKE 'equity:%' THEN 'equity:' || regexp_replace(
      upper(regexp_replace(substr(subject, 8), '\s', '', 'g')), '^([A-Z]{1,5})-([ABC])$', '\1.\2')
    WHEN subject LIKE 'market:%' THEN 'market:' || pg_temp.contract_spelling(
      regexp_replace(normalize(substr(subject, 8), NFKC), '\s', '', 'g'))
    ELSE subject END
$$;--> statement-breakpoint
INSERT INTO "watchlists" AS w ("market", "subject", "added_at")
  SELECT "market", pg_temp.one_spelling("subject"), min("added_at") FROM "watchlists"
    WHERE "subject" <> pg_temp.one_spelling("subject") GROUP BY 1, 2
  ON CONFLICT ("market", "subject") DO UPDATE SET "added_at" = least(w."added_at", excluded."added_at");--> statement-breakpoint
DELETE FROM "watchlists" WHERE "subject" <> pg_temp.one_spelling("subject");--> statement-breakpoint
-- Only trades that are held open or wait for a person: a record that has its outcome stays as it was written.
CREATE TEMPORARY TABLE "open_trades" ON COMMIT DROP AS
  SELECT d."id", d."session_id", d."subject" FROM "ensemble_decisions" d
    WHERE d."size_micro_usd" > 0 AND d."subject" <> pg_temp.one_spelling(d."subject")
      AND NOT EXISTS (SELECT 1 FROM "outcomes" o WHERE o."proposition_id" = d."proposition_id")
  UNION ALL
  SELECT d."id", d."session_id", d."subject" FROM "reviews" r JOIN "ensemble_decisions" d ON d."id" = r."target_id"
    WHERE r."status" = 'waiting' AND r."target_kind" = 'decision' AND d."status" = 'parked'
      AND d."subject" <> pg_temp.one_spelling(d."subject");--> statement-breakpoint
-- A session finds its decisions by their subjects.
UPDATE "market_sessions" s SET "subjects" = (
    SELECT jsonb_agg(CASE WHEN e."subject" = ANY(t."subjects") THEN pg_temp.one_spelling(e."subject") ELSE e."subject" END
      ORDER BY e."place")
    FROM jsonb_array_elements_text(s."subjects") WITH ORDINALITY AS e ("subject", "place"))
  FROM (SELECT "session_id", array_agg("subject") AS "subjects" FROM pg_temp."open_trades" GROUP BY 1) t
  WHERE s."id" = t."session_id";--> statement-breakpoint
UPDATE "ensemble_decisions" d SET "subject" = pg_temp.one_spelling(d."subject")
  FROM pg_temp."open_trades" t WHERE d."id" = t."id";