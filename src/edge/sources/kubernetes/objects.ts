// What is read of the objects of the Kubernetes API, by the names they have there (kubernetes.io/docs/reference/kubernetes-api).

export interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
}

/** core/v1 Service. */
export interface Service {
  readonly metadata: Metadata;
  readonly spec?: {
    readonly type?: string;
    readonly ports?: readonly ServicePort[];
    readonly ipFamilies?: readonly string[];
    readonly publishNotReadyAddresses?: boolean;
  };
}

export interface ServicePort {
  readonly name?: string;
  readonly port: number;
  readonly protocol?: string;
  readonly appProtocol?: string;
  readonly nodePort?: number;
}

/** discovery.k8s.io/v1 EndpointSlice. Lists that are empty may come as null. */
export interface EndpointSlice {
  readonly metadata: Metadata;
  readonly addressType: string;
  readonly endpoints?: readonly Endpoint[] | null;
  readonly ports?:
    | readonly { readonly name?: string; readonly port?: number; readonly protocol?: string }[]
    | null;
}

export interface Endpoint {
  readonly addresses: readonly string[];
  readonly conditions?: {
    readonly ready?: boolean;
    readonly serving?: boolean;
    readonly terminating?: boolean;
  };
  readonly nodeName?: string;
  readonly targetRef?: { readonly kind?: string; readonly name?: string; readonly uid?: string };
}

/** core/v1 Node. */
export interface Node {
  readonly metadata: Metadata;
  readonly status?: { readonly addresses?: readonly { readonly type: string; readonly address: string }[] };
}

/** core/v1 Pod. */
export interface Pod {
  readonly metadata: Metadata;
  readonly spec?: { readonly nodeName?: string };
  readonly status?: {
    readonly phase?: string;
    readonly containerStatuses?: readonly {
      readonly state?: { readonly terminated?: object; readonly waiting?: object; readonly running?: object };
    }[];
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

export interface ClusterObjects {
  readonly services: Service;
  readonly endpointslices: EndpointSlice;
  readonly nodes: Node;
  readonly pods: Pod;
}

export type Kind = keyof ClusterObjects;

/** `<namespace>/<name>`, or the name of what has no namespace. */
export function keyOf({ metadata: { namespace, name } }: { readonly metadata: Metadata }): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}
