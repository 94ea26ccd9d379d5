# What users get: the static runtime libqirt.a (with its dispatch loop in libqi_loop.a), the executable qivm and the
# Node addon, from the same sources. Which files and which flags: scripts/native.mjs. Built by
# scripts/build-native.mjs, against the headers of the Node that runs it.
#
# The dispatch loop is a target of its own because gyp has no flags for a single file.
{
  'target_defaults': {
    'include_dirs': ['<!@(node scripts/native.mjs includes)'],
    'cflags': ['-O2', '-g', '-fPIC', '<!@(node scripts/native.mjs cflags warnings)'],
    # node-gyp's defaults: -O3 costs the loop registers, and -Wno-unused-parameter hides what we want to see.
    'cflags!': ['-Wno-unused-parameter', '-fno-omit-frame-pointer'],
    'ldflags!': ['-rdynamic'],
    'configurations': {
      'Release': { 'cflags!': ['-O3', '-fno-omit-frame-pointer'] },
    },
  },
  'targets': [
    {
      'target_name': 'qi_loop',
      'type': 'static_library',
      'standalone_static_library': 1,
      'product_prefix': 'lib',
      'sources': ['<!@(node scripts/native.mjs loop)'],
      'cflags': ['<!@(node scripts/native.mjs loop-flags)'],
    },
    {
      'target_name': 'qirt',
      'type': 'static_library',
      'standalone_static_library': 1,
      'product_prefix': 'lib',
      'sources': ['<!@(node scripts/native.mjs runtime)'],
      'dependencies': ['qi_loop'],
    },
    {
      'target_name': 'qivm',
      'type': 'executable',
      'sources': ['<!@(node scripts/native.mjs main)'],
      'dependencies': ['qirt', 'qi_loop'],
      'libraries': ['<!@(node scripts/native.mjs libs)'],
    },
    {
      'target_name': 'qi_addon',
      'type': 'loadable_module',
      'sources': ['vm/node/addon.c'],
      'defines': ['NAPI_VERSION=8'],
      # Node unloads an addon with the last thread that loaded it; threads of the pool may still be at work (vm/sched/pool.c).
      'ldflags': ['-Wl,-z,nodelete'],
      'dependencies': ['qirt', 'qi_loop'],
      'libraries': ['<!@(node scripts/native.mjs libs)'],
    },
  ],
}
