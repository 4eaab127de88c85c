import { PrismaMariaDb } from '@prisma/adapter-mariadb';
import { readReplicas } from '@prisma/extension-read-replicas';
import { PrismaClient } from './generated/client';

const { DB_HOST, DB_READER_HOST, DB_PORT, DB_NAME, DB_SECRET } = process.env;
const { username: user, password } = JSON.parse(DB_SECRET!) as { username: string; password: string };

const clientOf = (host: string): PrismaClient =>
  new PrismaClient({
    adapter: new PrismaMariaDb({
      host,
      port: Number(DB_PORT),
      database: DB_NAME!,
      user,
      password,
      connectionLimit: 10,
      acquireTimeout: 5_000,
    }),
  });

/** Reads go to the replicas, to take load off the writer. */
export const prisma = clientOf(DB_HOST!).$extends(readReplicas({ replicas: [clientOf(DB_READER_HOST!)] }));
