import Gateway
import Testing

@Suite struct ImageClaimsTests {
    private let start = ContinuousClock.now
    private let a = ImageClaims.Claim("docker.io/library/a:1", of: "red")
    private let b = ImageClaims.Claim("docker.io/library/b:1", of: "red")

    private func taken(_ claims: ImageClaims, after wait: Duration = .zero) -> [ImageClaims.Claim] {
        claims.take(at: start + wait, most: 8).map(\.claim)
    }

    @Test func whatEndedIsLookedAtOnce() {
        let claims = ImageClaims()
        claims.begin([a, b])
        #expect(taken(claims).isEmpty, "nobody doubts what is under way")
        claims.end([a], isKnown: true, at: start)
        #expect(taken(claims) == [a])
        #expect(taken(claims).isEmpty)
        // An engine that gave no answer is asked again.
        #expect(taken(claims, after: .seconds(60)) == [a])
    }

    @Test func anEngineThatWasNotHeardGetsItsTime() {
        let claims = ImageClaims()
        claims.begin([a])
        claims.end([a], isKnown: false, at: start)
        #expect(taken(claims, after: .seconds(599)).isEmpty)
        #expect(taken(claims, after: ImageClaims.patience) == [a])
    }

    /// A second act of the same name, begun while somebody asks for the first's image.
    @Test func whatIsClaimedAnewIsNotGivenUp() {
        let claims = ImageClaims()
        claims.doubt([a, b], from: start)
        let doubts = claims.take(at: start, most: 8)
        claims.begin([a])
        for doubt in doubts { #expect(claims.settle(doubt) == (doubt.claim == b)) }
        claims.end([a], isKnown: true, at: start)
        for doubt in doubts { #expect(!claims.settle(doubt), "its end is another doubt") }
        #expect(taken(claims) == [a])
    }

    @Test func oneOfTwoActsLeavesTheOther() {
        let claims = ImageClaims()
        claims.begin([a])
        claims.begin([a])
        claims.end([a], isKnown: true, at: start)
        #expect(taken(claims).isEmpty)
        claims.end([a], isKnown: true, at: start)
        #expect(taken(claims) == [a])
    }

    /// Names that somebody else has claimed are another matter.
    @Test func tenantsAreKeptApart() {
        let claims = ImageClaims()
        let other = ImageClaims.Claim(a.name, of: "blue")
        claims.doubt([a], from: start)
        claims.begin([other])
        #expect(taken(claims) == [a])
    }

    @Test func manyAreLookedAtInTurn() {
        let claims = ImageClaims()
        claims.doubt((0..<20).map { ImageClaims.Claim("a:\($0)", of: "red") }, from: start)
        #expect(taken(claims).count == 8 && taken(claims).count == 8 && taken(claims).count == 4)
    }

    /// A name that is removed while it is being made stays its maker's until that is over.
    @Test func whatIsUnderWayIsNotLost() {
        let claims = ImageClaims()
        let one = ImageClaims.Claim("a:1", of: "red")
        let other = ImageClaims.Claim("b:1", of: "red")
        claims.begin([one])
        #expect(claims.lose([one, other]) == [other])
        claims.end([one], isKnown: true, at: .now)
        #expect(claims.take(at: .now, most: 8).map(\.claim) == [one])
        #expect(claims.lose([one]) == [one])
    }
}
