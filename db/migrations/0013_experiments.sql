CREATE TABLE "experiment_pairs" (
	"experiment_id" text NOT NULL,
	"decision_id" text NOT NULL,
	"proposition_id" text NOT NULL,
	"model_a" text,
	"model_b" text,
	"probability_a" double precision,
	"probability_b" double precision,
	"failure_a" text,
	"failure_b" text,
	"cost_micro_usd" bigint NOT NULL,
	"asked_at" timestamp (3) with time zone NOT NULL,
	"resolves_at" timestamp (3) with time zone NOT NULL,
	"yes" boolean,
	"resolved_at" timestamp (3) with time zone,
	CONSTRAINT "experiment_pairs_experiment_id_decision_id_pk" PRIMARY KEY("experiment_id","decision_id"),
	CONSTRAINT "experiment_pairs_resolved" CHECK (("experiment_pairs"."yes" is null) = ("experiment_pairs"."resolved_at" is null))
);
--> statement-breakpoint
CREATE TABLE "experiments" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"world" text NOT NULL,
	"kind" text NOT NULL,
	"arm_a" text NOT NULL,
	"arm_b" text NOT NULL,
	"model" text,
	"category" text,
	"alpha" double precision NOT NULL,
	"budget_micro_usd" bigint NOT NULL,
	"status" text NOT NULL,
	"verdict" text NOT NULL,
	"state" jsonb NOT NULL,
	"blocks" integer NOT NULL,
	"note" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "experiments_kind" CHECK ("experiments"."kind" in ('prompt', 'model', 'tier', 'strategy')),
	CONSTRAINT "experiments_status" CHECK ("experiments"."status" in ('running', 'decided', 'stopped', 'budget_reached')),
	CONSTRAINT "experiments_end" CHECK (("experiments"."status" = 'running') = ("experiments"."ended_at" is null)),
	CONSTRAINT "experiments_alpha" CHECK ("experiments"."alpha" > 0 and "experiments"."alpha" < 1),
	CONSTRAINT "experiments_budget" CHECK ("experiments"."budget_micro_usd" >= 0)
);
--> statement-breakpoint
ALTER TABLE "experiment_pairs" ADD CONSTRAINT "experiment_pairs_experiment_id_experiments_id_fk" FOREIGN KEY ("experiment_id") REFERENCES "public"."experiments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "experiments" ADD CONSTRAINT "experiments_world_worlds_id_fk" FOREIGN KEY ("world") REFERENCES "public"."worlds"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "experiment_pairs_proposition" ON "experiment_pairs" USING btree ("proposition_id");--> statement-breakpoint
CREATE INDEX "experiments_status" ON "experiments" USING btree ("status","world");