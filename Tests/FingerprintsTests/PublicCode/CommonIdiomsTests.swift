import TestSupport
import Testing

@testable import Fingerprints

@Suite("Idioms of languages")
struct CommonIdiomsTests {
    @Test("a project's own code is found, the idioms around it are not")
    func subtracted() throws {
        var maker = SourceMaker(seed: 77)
        let own = maker.lines(40).joined(separator: "\n") + "\n"
        for idioms in CommonIdioms.texts {
            let index = try IndexBuilder.index(["a.x": idioms + own], withoutIdioms: true)
            #expect(matches(of: [idioms], in: [index]).isEmpty)
            #expect(matches(of: [own], in: [index]).map(\.path) == ["a.x"])
        }
    }

    @Test("what is written with other names is an idiom too")
    func renamed() throws {
        let index = try IndexBuilder.index(
            [
                "Berth.java": """
                public class Berth {
                    private int draught;
                    private String quay;

                    public int getDraught() {
                        return draught;
                    }

                    public void setDraught(int draught) {
                        this.draught = draught;
                    }

                    public String getQuay() {
                        return quay;
                    }

                    @Override
                    public boolean equals(Object o) {
                        if (this == o) return true;
                        if (o == null || getClass() != o.getClass()) return false;
                        Berth that = (Berth) o;
                        return draught == that.draught && Objects.equals(quay, that.quay);
                    }
                }
                """
            ],
            withoutIdioms: true
        )
        let other = """
            public class Crane {
                private int reach;
                private String maker;

                public int getReach() {
                    return reach;
                }

                public void setReach(int reach) {
                    this.reach = reach;
                }

                public String getMaker() {
                    return maker;
                }

                @Override
                public boolean equals(Object o) {
                    if (this == o) return true;
                    if (o == null || getClass() != o.getClass()) return false;
                    Crane that = (Crane) o;
                    return reach == that.reach && Objects.equals(maker, that.maker);
                }
            }
            """
        #expect(matches(of: [other], in: [index]).isEmpty)
    }

    @Test("each is known as a whole, and by its parts")
    func known() throws {
        let sketch = try #require(CommonIdioms.sketch)
        for text in CommonIdioms.texts {
            let source = SourceText(Array(text.utf8))
            var (all, known) = (0, 0)
            source.forEachFingerprint { chosen in
                all += 1
                if sketch.contains(gram: chosen.gram) { known += 1 }
                for part in 0..<GramRoller.parts { #expect(sketch.contains(part: chosen.parts[part])) }
            }
            #expect(known * 100 >= all * 75)
        }
    }
}
