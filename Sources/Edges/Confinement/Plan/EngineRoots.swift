import AgentMessages
import Glibc

/// Where engines keep what they know of running containers. Root's alone, all of it.
package struct EngineRoots: Hashable, Sendable {
    /// Folders that hold `ID/config.json`, the OCI bundle (containerd's runtime v2).
    package var bundles: [String]
    /// Folders that hold `ID/state.json`, runc's state.
    package var states: [String]

    /// Names folders.
    package init(bundles: [String], states: [String]) {
        self.bundles = bundles
        self.states = states
    }

    /// Where stock engines keep it: with containerd's own service, and with a containerd that the
    /// engine starts.
    package static let usual = EngineRoots(
        bundles: [
            "/run/containerd/io.containerd.runtime.v2.task/moby",
            "/run/docker/containerd/daemon/io.containerd.runtime.v2.task/moby",
        ],
        states: ["/run/docker/runtime-runc/moby", "/run/containerd/runc/moby"])

    /// The folders of an engine whose exec root is not the usual one (`dockerd --exec-root`).
    package static func of(execRoot: String) -> EngineRoots {
        EngineRoots(
            bundles: [execRoot + "/containerd/daemon/io.containerd.runtime.v2.task/moby"],
            states: [execRoot + "/runtime-runc/moby"])
    }

    /// A file of a container's.
    ///
    /// - Throws: `Refusal` when there is none, or somebody else than root may write it.
    func file(_ name: String, of container: ContainerID, in folders: [String]) throws -> [UInt8] {
        for folder in folders {
            guard
                let descriptor = OwnedDescriptor(
                    "\(folder)/\(container.text)/\(name)", O_RDONLY | O_NOFOLLOW)
            else { continue }
            var status = stat()
            guard fstat(descriptor.number, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
                status.st_uid == 0, status.st_mode & 0o022 == 0
            else {
                throw Refusal(
                    "plan.root", "\(name) of the container can be written by others than root")
            }
            guard let bytes = Bytes.all(of: descriptor.number, limit: 8 << 20) else {
                throw Refusal.system("plan.unreadable", "\(name) of the container is not read")
            }
            return bytes
        }
        throw Refusal(
            "plan.unknown",
            "no running container \(container.text.prefix(12)) of runc is known on this host; "
                + "it must run, and under runc")
    }
}
