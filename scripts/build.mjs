import { prepare } from "./prepare.mjs";

prepare({ tests: true });
