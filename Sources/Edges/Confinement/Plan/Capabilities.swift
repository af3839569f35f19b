import AgentMessages
import JSON

/// The five sets of capabilities(7) as masks.
package struct CapabilitySets: Hashable, Sendable {
    /// What any program may ever have.
    package var bounding: UInt64 = 0
    /// What counts now.
    package var effective: UInt64 = 0
    /// What may be made to count.
    package var permitted: UInt64 = 0
    /// What files may add to.
    package var inheritable: UInt64 = 0
    /// What programs of others than root keep.
    package var ambient: UInt64 = 0

    /// Names of linux/capability.h by their numbers.
    static let names = [
        "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID",
        "SETPCAP", "LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW",
        "IPC_LOCK", "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT",
        "SYS_ADMIN", "SYS_BOOT", "SYS_NICE", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD",
        "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP", "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG",
        "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF", "CHECKPOINT_RESTORE",
    ]

    /// CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH: reading whatever its mode says.
    package static let reading: UInt64 = 1 << 1 | 1 << 2

    /// No capability.
    package init() {}

    /// Reads `process.capabilities` of an OCI configuration; nothing there is none.
    ///
    /// - Throws: `Refusal` for a name or a set that is not known.
    init(_ value: JSONValue?) throws {
        guard let value, !value.isNull else { return }
        var sets = try ClosedObject(value, "the capabilities")
        bounding = try Self.mask(sets.optional("bounding"))
        effective = try Self.mask(sets.optional("effective"))
        permitted = try Self.mask(sets.optional("permitted"))
        inheritable = try Self.mask(sets.optional("inheritable"))
        ambient = try Self.mask(sets.optional("ambient"))
        try sets.end()
    }

    private static func mask(_ value: JSONValue?) throws -> UInt64 {
        guard let value, !value.isNull else { return 0 }
        guard let names = value.strings else {
            throw Refusal("plan.capabilities", "the container's capabilities are no list of names")
        }
        var mask: UInt64 = 0
        for name in names {
            guard name.hasPrefix("CAP_"),
                let number = Self.names.firstIndex(of: String(name.dropFirst(4)))
            else { throw Refusal("plan.capabilities", "the capability \(name) is not known here") }
            mask |= 1 << UInt64(number)
        }
        return mask
    }
}
