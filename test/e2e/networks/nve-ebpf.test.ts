import { edgeSuite, vlanOf } from '../../support/nve-suite.ts';

edgeSuite('ebpf', vlanOf);
