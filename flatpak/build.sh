#!/bin/sh
# Builds the Flatpak bundle, build/flatpak/weir.flatpak. Run it as `./dev flatpak`, which installs what it needs.
#
# Where the GNOME runtime cannot be had, it makes one of the same name from Debian's packages: that is what
# continuous integration and machines without Flathub use, and it is an old GNOME. Set WEIR_FLATPAK_REMOTE
# to the name of a configured remote to build against the real one. What that does not have (simdjson, libgda, hiredis,
# libqrencode, libdeflate, xxHash) the manifest then needs as modules before weir.
set -eu

cd "$(dirname "$0")/.."
app=io.github.weirproject.Weir
version=48
arch=$(flatpak --default-arch)
state=$PWD/build/flatpak
export FLATPAK_USER_DIR="$state/user" XDG_DATA_HOME="$state/data"
mkdir -p "$state" "$XDG_DATA_HOME"

platform_packages="libgtk-4-1 libadwaita-1-0 libsoup-3.0-0 libjson-glib-1.0-0 libgda-5.0-4 libsqlite3-0 libsimdjson14
  libzstd1 libstdc++6 zlib1g libdeflate0 libhiredis0.14 libqrencode4 libgtksourceview-5-0 adwaita-icon-theme fonts-cantarell fonts-dejavu-core libgl1 libgl1-mesa-dri libegl1
  glib-networking gsettings-desktop-schemas dconf-gsettings-backend libglib2.0-bin dbus-bin librsvg2-common
  ca-certificates"
sdk_packages="libgtk-4-dev libadwaita-1-dev libsoup-3.0-dev libjson-glib-dev libgda-5.0-dev libsqlite3-dev
  libsimdjson-dev libzstd-dev libxxhash-dev zlib1g-dev libdeflate-dev libhiredis-dev libqrencode-dev libgtksourceview-5-dev meson ninja-build gettext appstream appstream-util
  desktop-file-utils gcc g++ pkg-config patch elfutils librsvg2-common"

join ()
{
  # shellcheck disable=SC2086
  printf '%s' "$*" | tr -s ' \n' ,
}

# make_root NAME PACKAGES: a Debian file system with the packages; made again, with its runtime, when they are others.
make_root ()
{
  list=$(join "$2")
  [ ! -d "$state/$1" ] || [ "$list" != "$(cat "$state/$1.packages" 2>/dev/null)" ] || return 0
  echo "Making the file system of the $1"
  rm -rf "${state:?}/$1" "${state:?}/$1.part" "$state/repo/refs/heads/runtime/$3"
  # shellcheck disable=SC2086
  mmdebstrap --quiet --variant=minbase --include="$list" --aptopt='APT::Install-Recommends "false"' \
    --aptopt='Acquire::Languages "none"' bookworm "$state/$1.part"
  mv "$state/$1.part" "$state/$1"
  printf '%s' "$list" >"$state/$1.packages"
}

# export_runtime ROOT ID: commits it to a local repository as a Flatpak runtime.
export_runtime ()
{
  root=$state/$1
  id=$2
  [ ! -d "$state/repo/refs/heads/runtime/$id" ] || return 0
  echo "Exporting $id"
  dir=$state/runtime-$1
  rm -rf "$dir"
  mkdir -p "$dir/files"
  cp -al "$root/usr" "$dir/usr"
  for unneeded in doc man locale info; do
    rm -rf "${dir:?}/usr/share/$unneeded"
  done
  rm -rf "${dir:?}/usr/local"
  cp -a "$root/etc" "$dir/usr/etc"
  # Flatpak makes these itself.
  for replaced in machine-id resolv.conf hostname hosts mtab shadow shadow- gshadow gshadow- .pwd.lock; do
    rm -f "$dir/usr/etc/$replaced"
  done
  ln -sf ../sbin/ldconfig "$dir/usr/bin/ldconfig"
  cat >"$dir/metadata" <<EOF
[Runtime]
name=$id
runtime=org.gnome.Platform/$arch/$version
sdk=org.gnome.Sdk/$arch/$version
EOF
  chmod -R u+rwX "$dir/usr"
  flatpak build-export --no-update-summary --disable-sandbox --runtime "$state/repo" "$dir" "$version"
  rm -rf "$dir"
}

if [ -n "${WEIR_FLATPAK_REMOTE:-}" ]; then
  remote=$WEIR_FLATPAK_REMOTE
else
  remote=weir-local
  make_root platform "$platform_packages" org.gnome.Platform
  make_root sdk "$sdk_packages" org.gnome.Sdk
  export_runtime platform org.gnome.Platform
  export_runtime sdk org.gnome.Sdk
  flatpak build-update-repo "$state/repo"
  flatpak --user remote-add --if-not-exists --no-gpg-verify "$remote" "file://$state/repo"
fi
flatpak --user install -y --noninteractive --or-update "$remote" "org.gnome.Platform//$version" "org.gnome.Sdk//$version"

flatpak-builder --user --force-clean --disable-rofiles-fuse --repo="$state/apps" --state-dir="$state/builder" \
  "$state/app" "flatpak/$app.json"
flatpak build-bundle "$state/apps" "$state/weir.flatpak" "$app"
echo "The bundle is build/flatpak/weir.flatpak; install it with: flatpak --user install build/flatpak/weir.flatpak"
