import { isObject, listOf } from '../json';
import { numberOf, textOf } from '../template/values';
import type { ProxyProps, SqlTier } from './blueprint';
import type { Resource, Resources } from './resources';

/** The proxies in front of a cluster or an instance. */
export function proxiesOf(database: Resource, resources: Resources): Pick<SqlTier, 'proxies'> {
  const groups = resources
    .ofType('AWS::RDS::DBProxyTargetGroup')
    .filter((group) => targetsOf(group, resources).includes(database));
  const proxies = groups.flatMap((group) => {
    const proxy = resources.referred(group.properties['DBProxyName'], group);
    return proxy?.type === 'AWS::RDS::DBProxy' ? [propsOf(proxy, group, resources)] : [];
  });
  return proxies.length === 0 ? {} : { proxies };
}

function targetsOf(group: Resource, resources: Resources): readonly (Resource | undefined)[] {
  const { DBClusterIdentifiers, DBInstanceIdentifiers } = group.properties;
  return [...listOf(DBClusterIdentifiers), ...listOf(DBInstanceIdentifiers)].map((it) =>
    resources.referred(it, group),
  );
}

function propsOf(proxy: Resource, group: Resource, resources: Resources): ProxyProps {
  const pool = group.properties['ConnectionPoolConfigurationInfo'];
  const { MaxConnectionsPercent, ConnectionBorrowTimeout } = isObject(pool) ? pool : {};
  const endpoints = resources
    .ofType('AWS::RDS::DBProxyEndpoint')
    .filter((it) => resources.referred(it.properties['DBProxyName'], it) === proxy);
  return {
    logicalId: proxy.logicalId,
    requiresTls: String(proxy.properties['RequireTLS'] ?? false) === 'true',
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-rds-dbproxytargetgroup-connectionpoolconfigurationinfoformat.html
    maxConnectionsPercent: numberOf(MaxConnectionsPercent) ?? 100,
    borrowTimeoutSeconds: numberOf(ConnectionBorrowTimeout) ?? 120,
    ...loginsOf(proxy),
    endpoints: endpoints.map(({ logicalId, properties }) => ({
      logicalId,
      isReadOnly: textOf(properties['TargetRole']) === 'READ_ONLY',
    })),
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbproxy.html */
function loginsOf({ properties }: Resource): Pick<ProxyProps, 'logins' | 'isIamAlone'> {
  if (properties['DefaultAuthScheme'] === 'IAM_AUTH') return { isIamAlone: true };
  const logins = listOf(properties['Auth']).flatMap((it) =>
    isObject(it) && it['SecretArn'] !== undefined
      ? [{ secret: it['SecretArn'], byToken: it['IAMAuth'] === 'REQUIRED' }]
      : [],
  );
  return logins.length === 0 ? {} : { logins };
}
