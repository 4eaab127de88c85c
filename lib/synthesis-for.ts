/** The environment variable that tells an app for which command of `twin` it is synthesised, such as `rehearse`. */
export const SYNTHESIS_FOR = 'TWIN_SYNTHESIS_FOR';
