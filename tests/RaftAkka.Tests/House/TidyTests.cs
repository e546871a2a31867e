using System.Text.RegularExpressions;
using Xunit;

namespace RaftAkka.Tests.House;

/// <summary>Keeps the house as a reader should find it.</summary>
public sealed partial class TidyTests
{
    private const int LinesMax = 400;

    // 110 columns are the aim. This wall is where a reader has to scroll.
    private const int ColumnsMax = 140;

    private static readonly string[] Sources =
        [.. Repository.Files(Repository.Root, ".cs", ".proto", ".conf", ".sh")];

    [Fact]
    public void There_are_files_to_look_at() => Assert.True(Sources.Length > 50, $"only {Sources.Length} files found");

    [Fact]
    public void No_file_is_longer_than_a_reader_bears()
    {
        var tooLong = Sources.Select(file => (File: file, Lines: File.ReadLines(file).Count()))
            .Where(found => found.Lines > LinesMax)
            .Select(found => $"{Repository.Shown(found.File)} has {found.Lines} lines, and {LinesMax} is the most: "
                + "find the second idea in it, and give it a name and a file");

        Nothing(tooLong);
    }

    [Fact]
    public void No_line_is_wider_than_a_window() =>
        Nothing(LinesWhere((_, line) => line.Length > ColumnsMax).Select(at => $"{at}: wider than {ColumnsMax}"));

    [Fact]
    public void Nothing_is_left_for_later() =>
        Nothing(LinesWhere((_, line) => LeftForLater().IsMatch(line)));

    [Fact]
    public void No_exception_is_swallowed() =>
        Nothing(Sources.Where(file => EmptyCatch().IsMatch(File.ReadAllText(file)))
            .Select(file => $"{Repository.Shown(file)}: a catch that does nothing"));

    // A benchmark measures by the clock, and is no test.
    [Fact]
    public void No_test_waits_for_the_clock_or_is_skipped() =>
        Nothing(LinesWhere((file, line) =>
            file.StartsWith(Repository.PathOf("tests"), StringComparison.Ordinal)
            && !file.StartsWith(Repository.PathOf("tests", "RaftAkka.Benchmarks"), StringComparison.Ordinal)
            && WaitsOrSkips().IsMatch(line)));

    private static IEnumerable<string> LinesWhere(Func<string, string, bool> isFound) =>
        from file in Sources
        where !file.EndsWith($"{nameof(TidyTests)}.cs", StringComparison.Ordinal)   // It names what it looks for.
        from line in File.ReadLines(file).Select((text, at) => (Text: text, Number: at + 1))
        where isFound(file, line.Text)
        select $"{Repository.Shown(file)}:{line.Number}: {line.Text.Trim()}";

    private static void Nothing(IEnumerable<string> found)
    {
        var list = found.ToList();
        Assert.True(list.Count == 0, "\n" + string.Join('\n', list));
    }

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX|NotImplementedException)\b|#region")]
    private static partial Regex LeftForLater();

    [GeneratedRegex(@"catch\s*(\([^)]*\)\s*)?(when\s*\([^)]*\)\s*)?\{\s*\}")]
    private static partial Regex EmptyCatch();

    [GeneratedRegex(@"Thread\.Sleep|Task\.Delay|\bSkip\s*=")]
    private static partial Regex WaitsOrSkips();
}
