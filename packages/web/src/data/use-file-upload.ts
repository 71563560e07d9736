import { useCallback, useEffect, useRef, useState } from "react";
import { sendFile } from "../api/send-file.ts";

/** How a file's way to the server stands. */
interface Upload {
  /** 0 to 1; undefined while nothing is sent. */
  readonly share: number | undefined;
  readonly error: unknown;
}

const NOTHING: Upload = { share: undefined, error: undefined };

/** Sends one file at a time, with progress; leaving the page calls it off. */
export function useFileUpload<Body>(onDone: (body: Body) => void | Promise<void>) {
  const [upload, setUpload] = useState<Upload>(NOTHING);
  const underWay = useRef<AbortController>(undefined);
  useEffect(() => () => underWay.current?.abort(), []);
  const cancel = useCallback(() => underWay.current?.abort(), []);
  const send = async (path: string, file: Blob) => {
    underWay.current?.abort();
    const control = new AbortController();
    underWay.current = control;
    setUpload({ share: 0, error: undefined });
    try {
      const body = await sendFile<Body>({
        path,
        file,
        signal: control.signal,
        onProgress: (share) => setUpload({ share, error: undefined }),
      });
      if (body !== undefined) await onDone(body);
      setUpload(NOTHING);
    } catch (error) {
      setUpload({ share: undefined, error });
    }
  };
  return { ...upload, send, cancel };
}
