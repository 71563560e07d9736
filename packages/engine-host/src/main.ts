/**
 * The child process that holds the embedded engine. Its parent starts it with an IPC channel, sends one
 * `StartMessage`, and hears `ready` or `failed`. It lives exactly as long as its parent.
 */
import { type Host, openHost } from "./host.ts";
import type { ChildMessage, ParentMessage } from "./protocol.ts";

let host: Host | undefined;

// A parent that died closes the channel. An exit in good order would wait for the queries that run, and nobody waits
// for their results; what was acknowledged is on disk.
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
// Ctrl+C in a terminal reaches the whole group; the parent decides when the engine goes.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {});

process.on("message", (message: ParentMessage) => {
  if (message.type === "start") {
    openHost(message).then(
      (opened) => {
        host = opened;
        letCrashesEnd();
        tell({ type: "ready", version: opened.version });
      },
      (error: unknown) => {
        tell({ type: "failed", message: error instanceof Error ? error.message : String(error) }, () =>
          process.exit(1),
        );
      },
    );
  } else if (message.type === "ping") {
    tell({ type: "pong" });
  } else {
    void (host?.close() ?? Promise.resolve()).then(() => process.exit(0));
  }
});

/**
 * Takes away the engine's own handlers of crash signals: they write a report to a log that is not there and then wait
 * for ever, so a crashed child would hang instead of ending (tried with SIGSEGV and SIGABRT: alive after 45 s, deaf).
 * Node gives a signal its default action, which is the end, back when the last listener of it goes.
 */
function letCrashesEnd(): void {
  for (const signal of ["SIGSEGV", "SIGABRT", "SIGBUS", "SIGFPE", "SIGILL", "SIGTRAP", "SIGSYS"] as const) {
    const listener = () => {};
    process.on(signal, listener);
    process.off(signal, listener);
  }
}

function tell(message: ChildMessage, then: () => void = () => {}): void {
  process.send?.(message, then);
}
