/// Percent-coding of query components (RFC 3986 §2.1), as Go's `url.ParseQuery` reads them.
enum PercentCoding {
    /// Decodes a component: `%41` and `+`, which is a blank.
    ///
    /// Refused are half escapes, `;` (Go refuses it), bytes that are no UTF-8, and U+0000.
    static func decode(_ bytes: Substring.UTF8View) throws(TargetFailure) -> String {
        if bytes.allSatisfy(isUnreserved) { return String(Substring(bytes)) }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index != bytes.endIndex {
            let byte = bytes[index]
            bytes.formIndex(after: &index)
            switch byte {
            case UInt8(ascii: "+"): decoded.append(0x20)
            case UInt8(ascii: ";"):
                throw .malformed("the query holds a semicolon; write it as %3B")
            case UInt8(ascii: "%"):
                guard let high = digit(bytes, &index), let low = digit(bytes, &index) else {
                    throw .malformed("the query holds a percent sign without two digits")
                }
                decoded.append(high << 4 | low)
            default: decoded.append(byte)
            }
        }
        guard !decoded.contains(0) else { throw .malformed(notText) }
        do {
            return String(copying: try UTF8Span(validating: decoded.span))
        } catch {
            throw .malformed(notText)
        }
    }

    /// Encodes a component; everything but unreserved characters.
    static func encode(_ text: String) -> String {
        if text.utf8.allSatisfy(isUnreserved) { return text }
        var encoded: [UInt8] = []
        encoded.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            if isUnreserved(byte) {
                encoded.append(byte)
            } else {
                encoded.append(UInt8(ascii: "%"))
                encoded.append(digits[Int(byte >> 4)])
                encoded.append(digits[Int(byte & 15)])
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    private static let notText = "the query holds bytes that are no text"

    /// Characters that mean themselves wherever they stand (RFC 3986 §2.3).
    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
        default: false
        }
    }

    private static let digits = Array("0123456789ABCDEF".utf8)

    private static func digit(
        _ bytes: Substring.UTF8View, _ index: inout String.Index
    ) -> UInt8? {
        guard index != bytes.endIndex else { return nil }
        defer { bytes.formIndex(after: &index) }
        return switch bytes[index] {
        case let byte where 0x30...0x39 ~= byte: byte - 0x30
        case let byte where 0x41...0x46 ~= byte: byte - 0x41 + 10
        case let byte where 0x61...0x66 ~= byte: byte - 0x61 + 10
        default: nil
        }
    }
}
