import CLinux

/// A seccomp filter as the kernel gave it back: instructions of classic BPF (linux/filter.h).
package struct SeccompFilter: Hashable, Sendable {
    /// Instructions, eight bytes each, in the host's byte order.
    package let instructions: [UInt8]
    /// Flags to install it with; `SECCOMP_FILTER_FLAG_LOG` or none.
    package let flags: UInt32

    /// The most instructions (BPF_MAXINSNS).
    package static let mostInstructions = 4096

    /// Takes instructions; nil when their number is out of bounds.
    package init?(_ instructions: [UInt8], flags: UInt32) {
        guard instructions.count % 8 == 0, !instructions.isEmpty,
            instructions.count / 8 <= Self.mostInstructions
        else { return nil }
        (self.instructions, self.flags) = (instructions, flags)
    }

    /// How many instructions.
    package var count: Int { instructions.count / 8 }

    /// One instruction.
    package func instruction(_ index: Int) -> (code: UInt16, jt: UInt8, jf: UInt8, k: UInt32) {
        let bytes = instructions[index * 8..<index * 8 + 8]
        let start = bytes.startIndex
        // Both architectures that are supported store the lower byte first.
        let k = (4..<8).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32(bytes[start + $1]) }
        return (
            UInt16(bytes[start]) | UInt16(bytes[start + 1]) << 8, bytes[start + 2],
            bytes[start + 3], k
        )
    }

    /// True when every result of the filter is one that needs nobody else.
    ///
    /// A filter that asks a supervisor (SECCOMP_RET_USER_NOTIF) cannot be installed again, and one
    /// that returns a computed value might.
    package var standsAlone: Bool {
        (0..<count).allSatisfy { index in
            let (code, _, _, k) = instruction(index)
            guard code & 0x07 == 0x06 else { return true }
            // BPF_RET: BPF_K is 0, BPF_A is 0x10.
            return code & 0x18 == 0
                && k & LINUX_SECCOMP_RET_ACTION_FULL != LINUX_SECCOMP_RET_USER_NOTIF
        }
    }

    /// What the filter says of a system call all of whose arguments are zero.
    ///
    /// - Parameters:
    ///   - number: The system call's.
    ///   - architecture: Its table (linux/audit.h).
    /// - Returns: The result, or nil for an instruction that filters do not have.
    package func result(
        number: UInt32, architecture: UInt32 = LINUX_AUDIT_ARCH
    ) -> UInt32? {
        var accumulator: UInt32 = 0
        var index: UInt32 = 0
        var memory = [UInt32](repeating: 0, count: 16)
        var counter = 0
        while counter < count {
            let (code, jt, jf, k) = instruction(counter)
            counter += 1
            switch code {
            case 0x20: accumulator = k == 0 ? number : k == 4 ? architecture : 0
            case 0x00: accumulator = k
            case 0x01: index = k
            case 0x07: index = accumulator
            case 0x87: accumulator = index
            case 0x60, 0x61:
                guard k < 16 else { return nil }
                if code == 0x60 { accumulator = memory[Int(k)] } else { index = memory[Int(k)] }
            case 0x02, 0x03:
                guard k < 16 else { return nil }
                memory[Int(k)] = code == 0x02 ? accumulator : index
            case 0x80: accumulator = 64
            case 0x54: accumulator &= k
            case 0x44: accumulator |= k
            case 0x04: accumulator &+= k
            case 0x14: accumulator &-= k
            case 0xA4: accumulator ^= k
            case 0x64: accumulator = k < 32 ? accumulator << k : 0
            case 0x74: accumulator = k < 32 ? accumulator >> k : 0
            case 0x05: counter += Int(k)
            case 0x15: counter += Int(accumulator == k ? jt : jf)
            case 0x25: counter += Int(accumulator > k ? jt : jf)
            case 0x35: counter += Int(accumulator >= k ? jt : jf)
            case 0x45: counter += Int(accumulator & k != 0 ? jt : jf)
            case 0x06: return k
            case 0x16: return accumulator
            default: return nil
            }
        }
        return nil
    }

    /// True when a system call goes through when its arguments are zero.
    package func allows(_ number: Int) -> Bool {
        guard let result = result(number: UInt32(truncatingIfNeeded: number)) else { return false }
        let action = result & LINUX_SECCOMP_RET_ACTION_FULL
        return action == LINUX_SECCOMP_RET_ALLOW || action == LINUX_SECCOMP_RET_LOG
    }
}
