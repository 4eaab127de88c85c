import type { Address, Listener } from './blueprint';

/** A load balancer with what it does with requests. */
export interface LoadBalancer extends Address {
  /** Short, from the construct's path: `Front`. */
  readonly name: string;
  /** One for HTTP, or one for connections. */
  readonly kind: 'application' | 'network';
  /** After so long without a byte a connection is closed, unless its listener says otherwise. */
  readonly idleTimeoutSeconds: number;
  /** The longest time that a client's connection is kept. */
  readonly clientKeepAliveSeconds: number;
  /** What is done with the header `X-Forwarded-For` of a client. */
  readonly forwardedFor: 'append' | 'preserve' | 'remove';
  readonly listeners: readonly RoutingListener[];
}

/** A listener with its rules. */
export interface RoutingListener extends Address, Listener {
  /** In the order in which they are tried; the last one is the default and has no condition. */
  readonly rules: readonly Rule[];
  /** @default - that of its load balancer */
  readonly idleTimeoutSeconds?: number;
  /** How it encrypts. @default - it does not */
  readonly tls?: ListenerTls;
}

/** How a listener encrypts. */
export interface ListenerTls {
  /** The names of its certificates, as far as the templates have them. */
  readonly names: readonly string[];
  /** The protocols that it offers clients (ALPN), the one that it prefers first. */
  readonly alpn: readonly string[];
  /** Whether it asks clients for a certificate. */
  readonly asksClients: boolean;
  /** The versions that clients may use: of TLS 1.2 it is 2. @default - its security policy does not say */
  readonly versions?: { readonly least: number; readonly most: number };
}

/** What is done with the requests that meet all conditions. */
export interface Rule {
  readonly conditions: readonly Condition[];
  readonly transforms: readonly Transform[];
  readonly action: Action;
  /** The types of the actions before it that nothing here carries out, such as `authenticate-oidc`. */
  readonly skipped: readonly string[];
}

/** What a request must have: one of the values. */
export type Condition =
  | {
      readonly field: 'host-header' | 'path-pattern';
      readonly values: readonly string[];
      readonly expressions: readonly string[];
    }
  | {
      readonly field: 'http-header';
      readonly header: string;
      readonly values: readonly string[];
      readonly expressions: readonly string[];
    }
  | { readonly field: 'http-request-method' | 'source-ip'; readonly values: readonly string[] }
  | {
      readonly field: 'query-string';
      readonly values: readonly { readonly key: string | undefined; readonly value: string }[];
    };

/** A change of what is sent on: of the host, or of the path with its query. */
export interface Transform {
  readonly of: 'host' | 'url';
  readonly expression: string;
  readonly replacement: string;
}

/** What a request gets. */
export type Action =
  | {
      readonly kind: 'forward';
      readonly groups: readonly WeightedGroup[];
      /** For how long a client stays with its group; undefined where it does not. */
      readonly stickySeconds: number | undefined;
    }
  | {
      readonly kind: 'redirect';
      readonly status: number;
      /** Texts with `#{protocol}`, `#{host}`, `#{port}`, `#{path}` and `#{query}`. */
      readonly protocol: string;
      readonly host: string;
      readonly port: string;
      readonly path: string;
      readonly query: string;
    }
  | {
      readonly kind: 'fixed-response';
      readonly status: number;
      readonly contentType: string;
      readonly body: string;
    };

/** A target group with its part of the requests. */
export interface WeightedGroup {
  /** Undefined for one that is not in the templates. */
  readonly group: Address | undefined;
  readonly weight: number;
}

/** A target group. */
export interface TargetGroup extends Address {
  /** Such as `HTTP`, `HTTPS`, `TCP`. */
  readonly protocol: string;
  readonly protocolVersion: 'HTTP1' | 'HTTP2' | 'GRPC';
  readonly healthCheck: HealthCheck;
  readonly deregistrationDelaySeconds: number;
  /** How it chooses a target, such as `round_robin`. */
  readonly algorithm: string;
  /** Undefined where a client does not stay with its target. */
  readonly stickiness: Stickiness | undefined;
  /** For how long a new target gets fewer requests than the others; 0 where it does not. */
  readonly slowStartSeconds: number;
}

/** For how long a client stays with its target: by a cookie of the load balancer, of the application, or by its address. */
export type Stickiness =
  | { readonly by: 'lb_cookie'; readonly seconds: number }
  | { readonly by: 'app_cookie'; readonly seconds: number; readonly cookie: string }
  | { readonly by: 'source_ip' };

/** The health check of a target group. Defaults are those of Elastic Load Balancing. */
export interface HealthCheck {
  readonly protocol: 'HTTP' | 'HTTPS' | 'TCP';
  /** Undefined for the port that gets the traffic. */
  readonly port: number | undefined;
  readonly path: string;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
  /** The status codes of a healthy target, such as `200` or `200-299`; those of gRPC where its protocol version is that. */
  readonly matcher: string;
}
