alter table orders add column total integer;

-- One batch, to keep the migration short. The rest follows in the background.
update orders set total = cents + shipping
where id in (select id from orders order by id limit 500);
