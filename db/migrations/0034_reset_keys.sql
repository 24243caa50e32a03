ALTER TABLE "cap_limit_changes" ADD COLUMN "request_key" text;--> statement-breakpoint
ALTER TABLE "cap_limit_changes" ADD CONSTRAINT "cap_limit_changes_request_key_unique" UNIQUE("request_key");