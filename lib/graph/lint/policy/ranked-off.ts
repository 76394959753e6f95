/**
 * Elements that open other addresses or files than the one they are given, as playlists and session descriptions tell
 * them to. The lint refuses them, and decodebin is kept from choosing them.
 */
export const rankedOff = ['hlsdemux', 'hlsdemux2', 'dashdemux', 'dashdemux2', 'mssdemux', 'mssdemux2', 'sdpdemux', 'gesdemux'];
