CREATE TABLE "analyst_prompts" (
	"version" text PRIMARY KEY NOT NULL,
	"analyst" text NOT NULL,
	"name" text NOT NULL,
	"analyst_group" text NOT NULL,
	"needs" jsonb NOT NULL,
	"body" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "panel_predictions" (
	"panel_id" text NOT NULL,
	"subject" text NOT NULL,
	"analyst" text NOT NULL,
	"analyst_group" text NOT NULL,
	"prompt_version" text NOT NULL,
	"proposition_id" text,
	"brief_id" text,
	"model" text NOT NULL,
	"provider" text NOT NULL,
	"model_version" text,
	"answer_key" text,
	"status" text NOT NULL,
	"failure" text,
	"probability" double precision,
	"signal" text,
	"confidence" double precision,
	"reasons" jsonb NOT NULL,
	"cost_micro_usd" bigint,
	"latency_ms" integer NOT NULL,
	"sends" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "panel_predictions_panel_id_subject_analyst_pk" PRIMARY KEY("panel_id","subject","analyst"),
	CONSTRAINT "panel_predictions_status" CHECK ("panel_predictions"."status" in ('answered', 'abstained', 'failed') and ("panel_predictions"."status" = 'answered') = ("panel_predictions"."probability" is not null) and ("panel_predictions"."status" = 'answered') = ("panel_predictions"."failure" is null)),
	CONSTRAINT "panel_predictions_ranges" CHECK (coalesce("panel_predictions"."probability" between 0 and 1, true) and coalesce("panel_predictions"."confidence" between 0 and 1, true) and "panel_predictions"."sends" >= 0),
	CONSTRAINT "panel_predictions_signal" CHECK ("panel_predictions"."signal" is null or "panel_predictions"."signal" in ('bullish', 'bearish', 'neutral'))
);
--> statement-breakpoint
CREATE TABLE "panels" (
	"id" text PRIMARY KEY NOT NULL,
	"world" text NOT NULL,
	"as_of" timestamp (3) with time zone,
	"status" text NOT NULL,
	"model" text NOT NULL,
	"provider" text NOT NULL,
	"portfolio" jsonb NOT NULL,
	"asked" integer NOT NULL,
	"answered" integer NOT NULL,
	"abstained" integer NOT NULL,
	"failed" integer NOT NULL,
	"notes" jsonb NOT NULL,
	"cost_micro_usd" bigint NOT NULL,
	"wall_ms" integer NOT NULL,
	"synthetic" boolean NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "panels_status" CHECK ("panels"."status" in ('complete', 'partial', 'abstained')),
	CONSTRAINT "panels_counts" CHECK ("panels"."asked" = "panels"."answered" + "panels"."abstained" + "panels"."failed" and ("panels"."status" <> 'complete' or "panels"."failed" = 0)),
	CONSTRAINT "panels_cost" CHECK ("panels"."cost_micro_usd" >= 0)
);
--> statement-breakpoint
ALTER TABLE "panel_predictions" ADD CONSTRAINT "panel_predictions_prompt_version_analyst_prompts_version_fk" FOREIGN KEY ("prompt_version") REFERENCES "public"."analyst_prompts"("version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "panel_predictions" ADD CONSTRAINT "panel_predictions_proposition_id_propositions_id_fk" FOREIGN KEY ("proposition_id") REFERENCES "public"."propositions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "panel_predictions" ADD CONSTRAINT "panel_predictions_panel" FOREIGN KEY ("panel_id") REFERENCES "public"."panels"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "panels" ADD CONSTRAINT "panels_world_worlds_id_fk" FOREIGN KEY ("world") REFERENCES "public"."worlds"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "panel_predictions_proposition" ON "panel_predictions" USING btree ("proposition_id");--> statement-breakpoint
CREATE INDEX "panel_predictions_analyst" ON "panel_predictions" USING btree ("analyst","created_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "panels_recent" ON "panels" USING btree ("world","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);