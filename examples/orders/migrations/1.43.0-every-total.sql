-- 1.41 still places orders while 1.43 rolls out, and after a roll back, without totals.
create function set_total() returns trigger language plpgsql as $$
begin
  new.total := new.cents + new.shipping;
  return new;
end $$;
create trigger set_total before insert on orders for each row when (new.total is null) execute function set_total();

update orders set total = cents + shipping where total is null;
alter table orders alter column total set not null;
