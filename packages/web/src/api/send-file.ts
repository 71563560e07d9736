import { ApiProblem, isProblem, Misanswered, Unreachable } from "./client.ts";

export interface FileOnItsWay {
  /** Of the API, with its query. */
  readonly path: string;
  readonly file: Blob;
  readonly signal: AbortSignal;
  /** @param share 0 to 1, of the file's bytes */
  readonly onProgress: (share: number) => void;
}

/**
 * Sends a file as it is, and tells how far it has come; `fetch` can't tell that.
 *
 * @returns the answer's body; undefined when it was called off
 * @throws ApiProblem, Unreachable, Misanswered
 */
export function sendFile<Body>({ path, file, signal, onProgress }: FileOnItsWay): Promise<Body | undefined> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) => onProgress(total === 0 ? 0 : loaded / total);
    request.onload = () => {
      const { status, response } = request;
      if (status >= 200 && status < 300 && response !== null) return resolve(response as Body);
      reject(isProblem(response) ? new ApiProblem(response) : new Misanswered(status));
    };
    request.onerror = () => reject(new Unreachable());
    request.onabort = () => resolve(undefined);
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });
}
