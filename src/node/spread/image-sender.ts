import type { OperationEvent, UpRequest } from '../../api/messages.ts';
import type { NodeService } from '../../api/node-service.ts';
import type { Images } from '../../engines/images.ts';
import { HeddleError, toHeddleError } from '../../lib/errors.ts';
import { Turns } from '../../lib/turns.ts';
import { builtImages, imagesToBuild, imagesToSend } from './images-to-send.ts';
import type { Worker } from './worker.ts';

/** Images that the file builds, for nodes that have not its folders: they are built at this one, and sent. */
export class ImageSender {
  readonly #own: Pick<NodeService, 'buildImages' | 'presentImages'>;
  readonly #images: Pick<Images, 'save'>;
  /** One that several nodes need is built once. */
  readonly #turns = new Turns();

  constructor(own: Pick<NodeService, 'buildImages' | 'presentImages'>, images: Pick<Images, 'save'>) {
    this.#own = own;
    this.#images = images;
  }

  /** `request`: what the other node is to have. @throws HeddleError ERR_IMAGE_MISSING, and what building fails with */
  async send(
    to: Pick<Worker, 'presentImages' | 'loadImage'>,
    { spec, build = false }: Pick<UpRequest, 'spec' | 'build'>,
    report: (event: OperationEvent) => void,
    gone: AbortSignal,
  ): Promise<void> {
    const wanted = builtImages(spec);
    if (wanted.length === 0) return;
    const there = await to.presentImages(wanted);
    const here = await this.#turns.take('images', async () => {
      const missing = imagesToBuild(wanted, spec.images, build, await this.#own.presentImages(wanted), there);
      if (missing.length > 0)
        await this.#own.buildImages({ images: spec.images, wanted: missing, anew: true }, report);
      return this.#own.presentImages(wanted);
    });
    for (const image of imagesToSend(here, there)) {
      gone.throwIfAborted();
      const archive = await this.#images.save(image.reference);
      try {
        await to.loadImage(archive, image, gone);
      } catch (thrown) {
        const { code, message } = toHeddleError(thrown);
        throw new HeddleError(code, `${image.reference} was built here, and could not be sent: ${message}`, {
          hint: 'push it to a registry that the node reaches, or build it there',
          cause: thrown,
        });
      } finally {
        archive.destroy();
      }
    }
  }
}
