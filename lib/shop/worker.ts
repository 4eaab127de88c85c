import type { Construct } from 'constructs';
import { Service, type ServiceContext } from './service';
import type { ShopScale } from './scale';

/** What the worker is made with. */
export interface WorkerProps extends ServiceContext {
  /** How much of it there is. */
  readonly scale: ShopScale;
}

/** The worker: tasks that claim new orders from the orders database and write documents, scaled on CPU. */
export class Worker extends Service {
  constructor(scope: Construct, id: string, { scale, ...context }: WorkerProps) {
    super(scope, id, {
      ...context,
      repository: 'shop/worker',
      size: scale.workerSize,
      tasks: scale.workerTasks,
    });
    context.assets.grantWrite(this.taskDefinition.taskRole);
  }
}
