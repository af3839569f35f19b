/// Framing of one chunk (RFC 9112 §7.1).
package enum ChunkLine {
    /// What ends a chunked body.
    package static let last: [UInt8] = Array("0\r\n\r\n".utf8)

    /// What stands before a chunk's data; CR LF follows the data.
    package static func before(_ count: Int) -> [UInt8] {
        Array(String(count, radix: 16).utf8) + [0x0D, 0x0A]
    }
}
