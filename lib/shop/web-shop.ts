import { CfnOutput } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { TwinError } from '../error';
import { Alarms } from './alarms';
import { Assets } from './assets';
import { Catalog } from './catalog';
import { ServiceCluster } from './cluster';
import { Dashboard } from './dashboard';
import { Network } from './network';
import { Orders } from './orders';
import { Pages } from './pages';
import type { ShopScale } from './scale';
import type { ServiceContext } from './service';
import { Sessions } from './sessions';
import { Web } from './web';
import { Worker } from './worker';

/** What a web shop is made with. */
export interface WebShopProps {
  /** How much there is of everything. */
  readonly scale: ShopScale;
  /** The tag of the images that run, in both repositories. */
  readonly release: string;
  /** HTTPS with the certificate that the stack's parameter `CertificateArn` names, instead of plain HTTP. */
  readonly tls: boolean;
}

/**
 * The shop: every tier, wired. Which environment it is in, it cannot know.
 *
 * @throws TwinError `release` for a release that is no image tag, `physical-name` for a stack name that is too long
 */
export class WebShop extends Construct {
  readonly network: Network;
  readonly orders: Orders;
  readonly catalog: Catalog;
  readonly sessions: Sessions;
  readonly pages: Pages;
  readonly assets: Assets;
  readonly web: Web;
  readonly worker: Worker;
  readonly alarms: Alarms;
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, { scale, release, tls }: WebShopProps) {
    super(scope, id);
    checkRelease(release);
    this.network = new Network(this, 'Network');
    const tier = { network: this.network, scale };
    this.orders = new Orders(this, 'Orders', tier);
    this.catalog = new Catalog(this, 'Catalog', tier);
    this.sessions = new Sessions(this, 'Sessions', tier);
    this.pages = new Pages(this, 'Pages', tier);
    this.assets = new Assets(this, 'Assets');
    const context: ServiceContext = {
      network: this.network,
      cluster: new ServiceCluster(this, 'Services', this.network),
      release,
      backends: [this.orders, this.catalog, this.sessions, this.pages],
      assets: this.assets,
    };
    this.web = new Web(this, 'Web', { ...context, scale, tls });
    this.worker = new Worker(this, 'Worker', { ...context, scale });
    const { web, worker, orders, catalog, sessions, pages } = this;
    const watched = { scale, web, worker, orders, catalog, sessions, pages };
    this.alarms = new Alarms(this, 'Alarms', watched);
    this.dashboard = new Dashboard(this, 'Dashboard', watched);
    this.output('Url', this.web.url, 'Where shoppers find the shop');
    this.output('AlarmTopic', this.alarms.topic.topicArn, 'Subscribe here to hear of alarms');
  }

  private output(name: string, value: string, description: string): void {
    new CfnOutput(this, name, { value, description }).overrideLogicalId(name);
  }
}

function checkRelease(release: string): void {
  if (/^\w[\w.-]{0,127}$/.test(release)) return;
  throw new TwinError({
    code: 'release',
    message: `got the release "${release}"; an image tag of up to 128 letters, digits, "_", "." and "-" is allowed`,
    fix: 'Pass the tag under which both images were pushed.',
  });
}
