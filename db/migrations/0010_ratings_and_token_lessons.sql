CREATE TABLE "model_ratings" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"model_id" text NOT NULL,
	"task" text NOT NULL,
	"rating" double precision NOT NULL,
	"note" text DEFAULT '' NOT NULL,
	"rated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "model_ratings_range" CHECK ("model_ratings"."rating" between 0 and 10)
);
--> statement-breakpoint
ALTER TABLE "ledger" ADD COLUMN "task" text DEFAULT '-' NOT NULL;--> statement-breakpoint
ALTER TABLE "ledger" ADD COLUMN "estimated_input_tokens" integer;--> statement-breakpoint
CREATE INDEX "model_ratings_model" ON "model_ratings" USING btree ("model_id","id");
