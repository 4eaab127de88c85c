-- migrate:up
ALTER TABLE `Booking` ADD COLUMN `note` VARCHAR(500) NULL;

-- migrate:down
ALTER TABLE `Booking` DROP COLUMN `note`;
