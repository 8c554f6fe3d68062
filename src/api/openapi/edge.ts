import type { Policy } from '../../edge/model/model.ts';
import type { EdgeListing, ListedCopy, ListedPort, ListedService } from '../../edge/sources/engine/record.ts';
import {
  boolean,
  described,
  integer,
  list,
  number,
  oneOf,
  orNull,
  type Schema,
  shape,
  text,
} from './shape.ts';

const numbers = (values: Schema): Schema => ({ type: 'object', additionalProperties: values });

const copy = shape<ListedCopy>({
  id: text,
  address: described(orNull(text), 'null: the host’s own'),
  ports: numbers(integer),
  ready: boolean,
  draining: boolean,
});

const service = shape<ListedService>({
  project: text,
  service: text,
  name: text,
  namespace: text,
  explicit: boolean,
  ports: list(
    shape<ListedPort>(
      {
        name: text,
        port: integer,
        protocol: oneOf('tcp', 'udp'),
        application: oneOf('http', 'stream'),
        layer: described({ const: 4 }, 'absent: proxied'),
      },
      'layer',
    ),
  ),
  steer: oneOf('gateway', 'direct'),
  failover: described(number, 'seconds'),
  policy: shape<Policy>({
    pin: list(text),
    exclude: list(text),
    weights: numbers(number),
    by: oneOf('delay', 'geography'),
  }),
  copies: list(copy),
});

export const edgeListing = shape<EdgeListing>({ services: list(service) });
