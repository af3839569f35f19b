package import Acts

/// What a container may ask of its host: one of the three levels of the Kubernetes Pod Security
/// Standards, or one that extends them.
package struct Level: Hashable, Sendable {
    /// The levels that are built in, the strictest last.
    package enum Standard: String, CaseIterable, Hashable, Sendable {
        /// Everything; whoever has it is root on the host.
        case privileged
        /// What ordinary compose files need, and no way to the host.
        case baseline
        /// For strangers.
        case restricted
    }

    /// A host path that may be bound: this path and nothing beneath it.
    ///
    /// A subtree would be the whole host: one container plants a link in it, another binds the
    /// link, and the engine follows (attack-surface note §7).
    package struct BindAllowance: Hashable, Sendable {
        /// The host path, absolute, without `.` and `..`.
        package let from: String
        /// Where it must stand in the container; nil: anywhere.
        package let to: String?
        /// True when it may only be read.
        package let readOnly: Bool

        /// Makes an allowance.
        package init(from: String, to: String?, readOnly: Bool) {
            self.from = from
            self.to = to
            self.readOnly = readOnly
        }
    }

    /// The level's name.
    package let name: String
    /// What it extends.
    package let standard: Standard
    /// Where it stands; nil for the built-in ones.
    package let location: Location?
    /// Host paths.
    package var binds: [BindAllowance] = []
    /// Host ports; nil: those of the standard.
    package var ports: [ClosedRange<Int>]?
    /// Capabilities beyond every container's, in capitals without `CAP_`.
    package var capabilities: Set<String> = []
    /// Host devices, by path.
    package var devices: Set<String> = []
    /// Kernel settings, in dotted spelling.
    package var sysctls: Set<String> = []
    /// Runtimes other than the engine's default.
    package var runtimes: Set<String> = []
    /// Log drivers other than the local ones.
    package var logDrivers: Set<String> = []
    /// Addresses of the host that ports may be bound to, beyond every address and loopback.
    package var addresses: Set<String> = []
    /// The only addresses that ports may be bound to; nil: every address, loopback, and those beyond.
    package var publishes: PublishedAddresses?
    /// The images that containers and builds may be made from; nil: any.
    package var images: [NamePattern]?
    /// True when an image must be named by its digest.
    package var pinsImages = false
    /// Registries that the engine may be sent to, beyond public names; nil: public names only.
    package var registries: Set<String> = []
    /// Addresses that a build may fetch from; none: nothing is fetched.
    package var fetches: [NamePattern] = []
    /// The most processes of a container; nil: that of the standard.
    package var processes: Int64?
    /// True when programs may gain privileges by set-user-id files (`sudo`, `su`).
    package var gainsPrivileges = false
    /// True when a bind of the engine's socket becomes one of the identity's own.
    package var ownsSocket = false

    /// Makes a level that allows what its standard allows.
    package init(name: String, extends standard: Standard, location: Location?) {
        self.name = name
        self.standard = standard
        self.location = location
    }

    /// A built-in level.
    package static func builtIn(_ standard: Standard) -> Level {
        Level(name: standard.rawValue, extends: standard, location: nil)
    }

    /// True when a container of this level may have what it asks for.
    package func allows(_ demand: Demand) -> Bool {
        if standard == .privileged { return true }
        switch demand.kind {
        case .bind(let bind): return allows(bind)
        case .capability(let name): return capabilities.contains(name)
        case .device(let path): return devices.contains(path)
        case .sysctl(let name, _):
            return sysctls.contains(name) || standard.allows(demand.kind)
        case .runtime(let name): return runtimes.contains(name) || standard.allows(demand.kind)
        case .logDriver(let name): return logDrivers.contains(name)
        case .image(let name): return allows(image: name)
        case .registry(let host): return registries.contains(host) || standard.allows(demand.kind)
        case .fetch(let address): return fetches.contains { $0.matches(address) }
        case .processes(let limit): return limit <= processes ?? standard.processes ?? .max
        // Whose they are is judged by tenant.
        case .label: return true
        case .publishedPort(let port): return allows(port)
        case .privileged, .hostItself, .hostNamespace, .shareableNamespace, .securityOption,
            .unmaskedPaths, .cgroupParent,
            .volumeDriver, .volumeOption, .mountKind, .secretDriver, .tmpfsOption, .logOption,
            .hostGroup,
            .storageOption, .annotation, .macAddress, .joinedNamespace, .inheritedMounts, .link,
            .allPorts, .hostName, .resolver, .networkDriver, .networkOption, .subnet,
            .outOfMemoryScore, .outOfMemoryKillDisabled, .realTimeScheduling,
            .processorPinning, .blockDevice, .userLimit, .sharedMemory, .restartPolicy,
            .stopTimeout,
            .unjudged:
            return standard.allows(demand.kind)
        }
    }

    private func allows(_ bind: BindRequest) -> Bool {
        !bind.hasOptions
            && binds.contains { allowance in
                bind.source == allowance.from
                    && (allowance.to == nil || allowance.to == bind.target)
                    && (bind.readOnly || !allowance.readOnly)
            }
    }

    private func allows(image name: String) -> Bool {
        if pinsImages, !name.utf8.contains(UInt8(ascii: "@")) { return false }
        return images?.contains { $0.matches(name) } ?? true
    }

    /// What the level makes safe in every container that it allows.
    var hardening: Hardening {
        guard standard != .privileged else { return Hardening() }
        return Hardening(
            noNewPrivileges: !gainsPrivileges, processes: processes ?? standard.processes,
            logBytes: 64 << 20, healthInterval: 1_000_000_000,
            ownCgroupNamespace: true, ownIPCNamespace: true, staysStopped: true)
    }

    private static let usualAddresses: Set<String> = ["", "0.0.0.0", "::", "127.0.0.1", "::1"]

    private func allows(address port: PortRequest) -> Bool {
        if let publishes {
            return !port.isEverywhere && publishes.address(for: port.address) != nil
        }
        return Self.usualAddresses.contains(port.address) || addresses.contains(port.address)
    }

    private func allows(_ port: PortRequest) -> Bool {
        guard allows(address: port) else { return false }
        guard let wanted = port.ports else { return true }
        let allowed = ports ?? standard.ports
        return allowed.contains {
            $0.lowerBound <= wanted.lowerBound && wanted.upperBound <= $0.upperBound
        }
    }

    /// What the level would allow instead of a demand, completing a refusal.
    package func alternative(to demand: Demand) -> String {
        switch demand.kind {
        case .bind where !binds.isEmpty:
            let list = binds.map { $0.from + ($0.readOnly ? " (read-only)" : "") }
            return "allowed are named volumes, tmpfs, and binds of "
                + list.joined(separator: ", ")
        case .capability where !capabilities.isEmpty:
            return "allowed beyond the default capabilities: "
                + capabilities.sorted().joined(separator: ", ")
        case .device where !devices.isEmpty:
            return "allowed: " + devices.sorted().joined(separator: ", ")
        case .publishedPort:
            let list = (ports ?? standard.ports).map { "\($0.lowerBound)-\($0.upperBound)" }
            return
                "allowed: the host ports \(list.joined(separator: ", ")), or any the engine chooses, "
                + (publishes.map { "of containers, on " + $0.list.joined(separator: ", ") }
                    ?? "on every address or on loopback"
                    + addresses.sorted().map { ", \($0)" }.joined())
        case .image:
            let list = (images ?? []).map(\.description).joined(separator: ", ")
            return "allowed are " + (list.isEmpty ? "any" : list)
                + (pinsImages ? ", named by digest" : "")
        case .processes: return "allowed are up to \(processes ?? standard.processes ?? .max)"
        case .registry where !registries.isEmpty:
            return "allowed are public registries and "
                + registries.sorted().joined(separator: ", ")
        default: return standard.alternative(to: demand.kind)
        }
    }
}

/// Paths of the host, as text: nothing here asks a file system.
package enum HostPath {
    /// True when a path is another one or beneath it.
    ///
    /// Parts are compared; `.` and empty ones say nothing, and `/var/run` is `/run` on every host with
    /// a file system hierarchy of this century.
    static func isWithin(_ path: String, _ other: String) -> Bool {
        let own = path.utf8Span.span
        let others = other.utf8Span.span
        var place = start(own)
        var otherPlace = start(others)
        while let part = part(others, from: &otherPlace) {
            guard let mine = self.part(own, from: &place), isSame(own, mine, others, part) else {
                return false
            }
        }
        return true
    }

    /// Where the parts of a path begin that count.
    private static func start(_ path: Span<UInt8>) -> Int {
        var place = 0
        guard let first = part(path, from: &place), isPart(path, first, "var") else { return 0 }
        let behind = place
        guard let second = part(path, from: &place), isPart(path, second, "run") else { return 0 }
        return behind
    }

    /// The next part that is neither empty nor `.`, if there is one.
    private static func part(_ path: Span<UInt8>, from place: inout Int) -> Range<Int>? {
        while place < path.count {
            let start = place
            while place < path.count, path[place] != UInt8(ascii: "/") { place += 1 }
            let part = start..<place
            place += 1
            let isDot = part.count == 1 && path[start] == UInt8(ascii: ".")
            if !part.isEmpty, !isDot { return part }
        }
        return nil
    }

    private static func isPart(
        _ path: Span<UInt8>, _ part: Range<Int>, _ name: String
    ) -> Bool {
        let name = name.utf8Span.span
        return isSame(path, part, name, name.indices)
    }

    private static func isSame(
        _ one: Span<UInt8>, _ part: Range<Int>, _ other: Span<UInt8>, _ otherPart: Range<Int>
    ) -> Bool {
        guard part.count == otherPart.count else { return false }
        let distance = otherPart.lowerBound - part.lowerBound
        for index in part where one[index] != other[index + distance] { return false }
        return true
    }

    /// True for an absolute path with no empty, `.` or `..` part and no trailing slash.
    package static func isCanonical(_ path: String) -> Bool {
        if path == "/" { return true }
        guard path.hasPrefix("/") else { return false }
        return path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
            .allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
    }
}
