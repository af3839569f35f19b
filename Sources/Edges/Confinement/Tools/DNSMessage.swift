import Glibc

/// Messages of the domain name system, as far as a look-up needs them (RFC 1035 §4).
enum DNSMessage {
    /// What is asked for (RFC 1035 §3.2.2, RFC 3596 §2.1).
    enum Kind: UInt16 {
        case address = 1
        case alias = 5
        case pointer = 12
        case address6 = 28
    }

    /// One record of an answer.
    struct Record: Hashable {
        let kind: Kind
        /// The address or the name, safe to show.
        let value: String
    }

    /// An answer.
    struct Answer: Hashable {
        /// The response code; 0 when there is no error, 3 when there is no such name.
        let code: UInt8
        /// True when there was more than the message held.
        let isCut: Bool
        let records: [Record]
    }

    /// The most records that are read.
    private static let mostRecords = 64

    /// A question; nil when the name is none.
    static func question(_ name: String, _ kind: Kind, number: UInt16) -> [UInt8]? {
        // Recursion desired, one question.
        var bytes: [UInt8] = [
            UInt8(number >> 8), UInt8(number & 0xFF), 1, 0, 0, 1, 0, 0, 0, 0, 0, 0,
        ]
        let labels = (name.hasSuffix(".") ? name.dropLast() : name[...])
            .split(separator: ".", omittingEmptySubsequences: false)
        for label in labels {
            guard 1...63 ~= label.utf8.count else { return nil }
            bytes.append(UInt8(label.utf8.count))
            bytes += label.utf8
        }
        guard bytes.count <= 12 + 254 else { return nil }
        return bytes + [0, 0, UInt8(kind.rawValue), 0, 1]
    }

    /// Reads an answer; nil for anything else than one to this question.
    static func answer(_ bytes: [UInt8], to question: [UInt8]) -> Answer? {
        guard bytes.count >= question.count, bytes[..<2] == question[..<2],
            // A response to a standard query, one question.
            bytes[2] & 0xF8 == 0x80, bytes[4...5].elementsEqual([0, 1]),
            zip(bytes[12...], question[12...]).allSatisfy({ lower($0) == lower($1) })
        else { return nil }
        var place = question.count
        var records: [Record] = []
        for _ in 0..<min(number(bytes, 6), mostRecords) {
            guard name(bytes, &place) != nil, place + 10 <= bytes.count else { return nil }
            let (kind, end) = (number(bytes, place), place + 10 + number(bytes, place + 8))
            guard end <= bytes.count else { return nil }
            var data = place + 10
            place = end
            let value: String? =
                switch Kind(rawValue: UInt16(kind)) {
                case .address where end - data == 4, .address6 where end - data == 16:
                    SocketAddress.text(bytes[data..<end])
                case .alias, .pointer: name(bytes, &data)
                default: nil
                }
            if let value, let kind = Kind(rawValue: UInt16(kind)) {
                records.append(Record(kind: kind, value: value))
            }
        }
        return Answer(code: bytes[3] & 0x0F, isCut: bytes[2] & 0x02 != 0, records: records)
    }

    /// A name, and where it ends; nil for none. Pointers lead back, and only so often (RFC 1035 §4.1.4).
    private static func name(_ bytes: [UInt8], _ place: inout Int) -> String? {
        var labels: [String] = []
        var (index, length, jumps) = (place, 0, 0)
        while true {
            guard index < bytes.count else { return nil }
            let count = Int(bytes[index])
            switch count {
            case 0:
                if jumps == 0 { place = index + 1 }
                return labels.joined(separator: ".")
            case 1...63:
                length += count + 1
                guard index + count < bytes.count, length <= 255 else { return nil }
                labels.append(Shown.name(bytes[(index + 1)...(index + count)]))
                index += count + 1
            case 0xC0...:
                guard index + 1 < bytes.count, jumps < 16 else { return nil }
                if jumps == 0 { place = index + 2 }
                jumps += 1
                index = (count & 0x3F) << 8 | Int(bytes[index + 1])
            default: return nil
            }
        }
    }

    private static func number(_ bytes: [UInt8], _ place: Int) -> Int {
        Int(bytes[place]) << 8 | Int(bytes[place + 1])
    }

    private static func lower(_ byte: UInt8) -> UInt8 {
        0x41...0x5A ~= byte ? byte | 0x20 : byte
    }
}
