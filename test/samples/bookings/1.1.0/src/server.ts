import express, { type NextFunction, type Request, type Response } from 'express';
import { prisma } from './db';

interface Booking {
  readonly guest: string;
  readonly nights: number;
  readonly note?: string;
  readonly roomId: number;
}

const app = express();
app.use(express.json());

app.get('/healthz', async (_request, response) => {
  await prisma.$queryRaw`SELECT 1`;
  response.json({ status: 'ok', version: process.env['APP_VERSION'] });
});

app.get('/api/rooms', async (_request, response) => {
  response.json(await prisma.room.findMany({ orderBy: { name: 'asc' } }));
});

app.post('/api/bookings', async (request, response) => {
  const { guest, nights, note, roomId } = request.body as Booking;
  const booking = await prisma.booking.create({
    data: { guest, nights, note: note ?? null, room: { connect: { id: roomId } } },
  });
  response.status(201).json({ ...booking, id: String(booking.id) });
});

app.get('/api/bookings/:id', async (request, response) => {
  const booking = await prisma.booking.findUnique({
    where: { id: BigInt(request.params.id) },
    include: { room: true },
  });
  if (booking) response.json({ ...booking, id: String(booking.id) });
  else response.status(404).json({ error: 'no such booking' });
});

app.use((error: Error, _request: Request, response: Response, next: NextFunction) => {
  console.error(error.message);
  if (response.headersSent) next(error);
  else response.status(503).json({ error: 'try again later' });
});

const server = app.listen(Number(process.env['PORT'] ?? 3000), process.env['HOST'] ?? '0.0.0.0');
server.keepAliveTimeout = 65_000; // longer than the load balancer's, which would answer 502 otherwise

process.on('SIGTERM', () => {
  server.close(() => void prisma.$disconnect().finally(() => process.exit(0)));
  server.closeIdleConnections();
});
