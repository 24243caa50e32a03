ALTER TABLE "model_ratings" ADD COLUMN "request_key" text;--> statement-breakpoint
ALTER TABLE "model_ratings" ADD CONSTRAINT "model_ratings_request_key_unique" UNIQUE("request_key");