// The schema is Prisma's, the migrations are plain SQL: dbmate needs no engine of its own in the image.
import { spawnSync } from 'node:child_process';

const { DB_HOST, DB_PORT, DB_NAME, DB_SECRET } = process.env;
const { username, password } = JSON.parse(DB_SECRET);
const url = `mysql://${encodeURIComponent(username)}:${encodeURIComponent(password)}@${DB_HOST}:${DB_PORT}/${DB_NAME}`;
const { status } = spawnSync('dbmate', ['--no-dump-schema', '--wait', 'up'], {
  stdio: 'inherit',
  env: { ...process.env, DATABASE_URL: url },
});
process.exit(status ?? 1);
