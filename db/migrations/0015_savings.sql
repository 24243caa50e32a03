CREATE TABLE "savings" (
	"cause" text NOT NULL,
	"ref" text NOT NULL,
	"world" text NOT NULL,
	"model" text NOT NULL,
	"session_id" text,
	"decision_id" text,
	"would_have_cost_micro_usd" bigint NOT NULL,
	"cost_micro_usd" bigint NOT NULL,
	"basis" jsonb NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "savings_cause_ref_pk" PRIMARY KEY("cause","ref"),
	CONSTRAINT "savings_cause" CHECK ("savings"."cause" in ('sibling_model', 'cascade', 'similar_question')),
	CONSTRAINT "savings_amounts" CHECK ("savings"."would_have_cost_micro_usd" >= 0 and "savings"."cost_micro_usd" >= 0)
);
--> statement-breakpoint
CREATE INDEX "savings_recorded_at" ON "savings" USING btree ("recorded_at");--> statement-breakpoint
CREATE INDEX "savings_decision" ON "savings" USING btree ("decision_id");