import AgentMessages
import Testing

@Suite struct FrameTests {
    private static let frames = [
        Frame(.run, Array("{}".utf8)), Frame(.close), Frame(.signal, Array(repeating: 7, count: 300)),
    ]
    static let wire = frames.flatMap(\.bytes)

    /// However the bytes are cut, the frames are the same.
    @Test(arguments: 0...wire.count)
    func readsFramesCutAnywhere(cut: Int) throws {
        var reader = FrameReader(fromGateway: true)
        var found: [Frame] = []
        for piece in [Self.wire[..<cut], Self.wire[cut...]] {
            reader.receive(piece)
            while let frame = try reader.next() { found.append(frame) }
        }
        #expect(found == Self.frames)
        #expect(!reader.isInside)
    }

    @Test func refusesWhatTheOtherSideDoesNotSend() throws {
        for kind in Frame.Kind.allCases {
            for fromGateway in [true, false] {
                var reader = FrameReader(fromGateway: fromGateway)
                reader.receive(Frame(kind).bytes)
                if kind.goesToAgent == fromGateway {
                    #expect(try reader.next()?.kind == kind)
                } else {
                    #expect(throws: MessageFailure.self) { try reader.next() }
                }
            }
        }
        for kind: UInt8 in [0, 6, 15, 23, 255] {
            var reader = FrameReader(fromGateway: true)
            reader.receive([kind])
            #expect(throws: MessageFailure.self) { try reader.next() }
        }
    }

    /// A length is refused as soon as it is known, before anything of it is kept.
    @Test(arguments: [(65_536, true), (65_537, false), (1 << 31, false)])
    func boundsFrames(count: Int, isTaken: Bool) throws {
        var reader = FrameReader(fromGateway: true)
        let number = UInt32(count)
        reader.receive([1] + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> UInt32($0)) })
        if isTaken {
            #expect(try reader.next() == nil)
        } else {
            #expect(throws: MessageFailure.self) { try reader.next() }
        }
    }
}
