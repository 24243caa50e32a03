ALTER TABLE "outcomes" ADD COLUMN "entry_prices" jsonb;--> statement-breakpoint
-- Until here a share's profit was counted from a close before the decision, which nobody could trade at.
UPDATE "model_performance" s SET "pnl_micro_usd" = NULL FROM "propositions" p
  WHERE p."id" = s."proposition_id" AND p."rule"->>'type' = 'close_above' AND s."pnl_micro_usd" IS NOT NULL;
