using Xunit;

namespace RaftAkka.Simulation.Judging.Tests;

public sealed class HistoryFileTests : IDisposable
{
    private const string Good = """{"process":1,"op":"get","key":"k","value":null,"call":1,"return":2}""";

    private readonly string path = Path.GetTempFileName();

    public void Dispose() => File.Delete(path);

    [Fact]
    public void What_was_written_is_read_again()
    {
        Operation[] history =
        [
            Operation.Get(1, "k", null, 0, 1), Operation.Get(1, "k", "é\n\"", 2, 3),
            Operation.Put(-2, "", "", long.MinValue, long.MaxValue), Operation.Append(3, "k", "a", 4, 4),
            Operation.Delete(4, "k", 5, 6), Operation.Cas(5, "k", null, "b", true, 7, 8),
            Operation.Cas(5, "k", "b", "c", false, 9, 10), Operation.Put(6, "k", "d", 11, 12).WithoutAnswer(),
            Operation.Put(7, "k", "e", 13, 14).Refused(),
            Operation.Cas(5, "k", "b", "c", false, 15, 16).WithoutAnswer(),
        ];

        HistoryFile.Write(path, history);

        Assert.Equal(history, HistoryFile.Read(path));
    }

    [Theory]
    [InlineData("""{"process":1,"op":"put","key":"k","value":"v","call":1}""", nameof(Outcome.Unknown))]
    [InlineData(
        """{"process":1,"op":"put","key":"k","value":"v","call":1,"return":null}""",
        nameof(Outcome.Unknown))]
    [InlineData(
        """{"process":1,"op":"put","key":"k","value":"v","call":1,"ok":true}""",
        nameof(Outcome.Unknown))]
    [InlineData(
        """{"process":1,"op":"get","key":"k","call":1,"return":2,"unknown":true}""",
        nameof(Outcome.Unknown))]
    [InlineData(
        """{"process":1,"op":"cas","key":"k","expect":null,"value":"v","call":1}""",
        nameof(Outcome.Unknown))]
    [InlineData(
        """{"process":1,"op":"get","key":"k","call":1,"return":2,"ok":false}""",
        nameof(Outcome.Failed))]
    [InlineData("""{"process":1,"op":"delete","key":"k","call":1,"ok":false}""", nameof(Outcome.Failed))]
    [InlineData(
        """{"process":1,"op":"delete","key":"k","call":1,"return":1,"unknown":false}""",
        nameof(Outcome.Known))]
    [InlineData(
        """{"node":[1],"process":1,"op":"delete","key":"k","call":1,"return":1}""",
        nameof(Outcome.Known))]
    public void The_outcome_is_what_the_client_learned(string line, string expected)
    {
        File.WriteAllText(path, line);

        Assert.Equal(expected, Assert.Single(HistoryFile.Read(path)).Outcome.ToString());
    }

    [Fact]
    public void Empty_lines_a_byte_order_mark_and_foreign_line_ends_do_not_matter()
    {
        File.WriteAllText(path, $"\uFEFF{Good}\r\n\r\n  \n{Good}");

        Assert.Equal(2, HistoryFile.Read(path).Count);
    }

    [Theory]
    [InlineData("{\"process\":1,", "not valid JSON")]
    [InlineData("not json", "not valid JSON")]
    [InlineData("{} {}", "not valid JSON")]
    [InlineData("[1]", "an operation is a JSON object, this is an array")]
    [InlineData("""{"op":"get","key":"k","value":null,"call":1,"return":2}""", "\"process\" is missing")]
    [InlineData("""{"process":1,"key":"k","value":null,"call":1,"return":2}""", "\"op\" is missing")]
    [InlineData("""{"process":1,"op":"get","value":null,"call":1,"return":2}""", "\"key\" is missing")]
    [InlineData("""{"process":1,"op":"get","key":"k","value":null,"return":2}""", "\"call\" is missing")]
    [InlineData("""{"process":1,"op":"get","key":"k","call":1,"return":2}""", "\"value\" is missing")]
    [InlineData("""{"process":1,"op":"put","key":"k","call":1,"return":2}""", "\"value\" is missing")]
    [InlineData("""{"process":1,"op":"append","key":"k","value":null,"call":1}""", "\"value\" is missing")]
    [InlineData("""{"process":1,"op":"cas","key":"k","value":"v","call":1}""", "\"expect\" is missing")]
    [InlineData(
        """{"process":1,"op":"cas","key":"k","value":"v","expect":"","call":1,"return":2}""",
        "\"swapped\" is missing")]
    [InlineData("""{"process":1,"op":"swap","key":"k","call":1,"return":2}""", "\"op\" is \"swap\"")]
    [InlineData("""{"process":1,"op":"Get","key":"k","call":1,"return":2}""", "\"op\" is \"Get\"")]
    [InlineData("""{"process":"1","op":"delete","key":"k","call":1}""", "\"process\" must be an integer")]
    [InlineData("""{"process":1,"op":"delete","key":7,"call":1}""", "\"key\" must be a string")]
    [InlineData("""{"process":1,"op":"put","key":"k","value":7,"call":1}""", "\"value\" must be a string")]
    [InlineData("""{"process":1,"op":"delete","key":"k","call":1.5}""", "\"call\" must be an integer")]
    [InlineData(
        """{"process":1,"op":"delete","key":"k","call":1,"return":true}""",
        "\"return\" must be an integer")]
    [InlineData(
        """{"process":1,"op":"delete","key":"k","call":1,"ok":"yes"}""",
        "\"ok\" must be true or false")]
    [InlineData(
        """{"process":1,"op":"delete","key":"k","call":3,"return":2}""",
        "\"return\" (2) is before \"call\" (3)")]
    [InlineData("""{"process":1,"op":"delete","key":"k","call":1,"ok":false,"unknown":true}""", "contradict")]
    [InlineData("""{"process":1,"op":"delete","key":"k","key":"l","call":1}""", "not valid JSON")]
    [InlineData("""{"process":1,"op":"delete","key":"\ud800","call":1}""", "half of a surrogate pair")]
    public void A_line_that_is_no_operation_is_refused_by_its_number(string line, string problem)
    {
        File.WriteAllText(path, $"{Good}\n\n{line}\n{Good}");

        var refusal = Assert.Throws<HistoryFormatException>(() => HistoryFile.Read(path));

        Assert.StartsWith("line 3: ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(problem, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_refused()
    {
        // Two different broken keys must not become one key of replacement characters.
        File.WriteAllBytes(path, [.. "{\"key\":\""u8, 0xFF, .. "\"}"u8]);

        Assert.Contains("not valid UTF-8", Assert.Throws<HistoryFormatException>(
            () => HistoryFile.Read(path)).Message, StringComparison.Ordinal);
    }
}
