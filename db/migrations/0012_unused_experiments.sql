DROP TABLE "experiment_pairs" CASCADE;--> statement-breakpoint
DROP TABLE "experiments" CASCADE;