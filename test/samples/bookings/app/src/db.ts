import { PrismaMariaDb } from '@prisma/adapter-mariadb';
import { PrismaClient } from './generated/client';

const { DB_HOST, DB_PORT, DB_NAME, DB_SECRET } = process.env;
const { username: user, password } = JSON.parse(DB_SECRET!) as { username: string; password: string };

export const prisma = new PrismaClient({
  adapter: new PrismaMariaDb({
    host: DB_HOST!,
    port: Number(DB_PORT),
    database: DB_NAME!,
    user,
    password,
    connectionLimit: 10,
    acquireTimeout: 5_000,
  }),
});
