using Xunit;

namespace RaftAkka.Simulation.Judging.Tests;

public sealed class JudgeCommandTests : IDisposable
{
    private readonly string path = Path.GetTempFileName();
    private readonly StringWriter output = new();
    private readonly StringWriter errors = new();

    public void Dispose()
    {
        File.Delete(path);
        output.Dispose();
        errors.Dispose();
    }

    [Fact]
    public void A_linearizable_history_is_one_line()
    {
        HistoryFile.Write(path, [Operation.Put(1, "k", "v", 0, 1), Operation.Get(2, "other", null, 2, 3)]);

        Assert.Equal(0, Run("--judge", path));
        var line = @"^linearizable: 2 operations, 2 keys, 2 clients, \d+\.\d\d s\r?\n$";
        Assert.Matches(line, output.ToString());
        Assert.Empty(errors.ToString());
    }

    [Fact]
    public void A_violation_is_shown_without_what_has_no_part_in_it()
    {
        HistoryFile.Write(path,
        [
            Operation.Put(1, "k", "old", 0, 5), Operation.Put(1, "k", "new", 6, 8),
            Operation.Get(2, "k", "new", 9, 10), Operation.Get(3, "k", "old", 11, 12),
            Operation.Put(1, "k", "later", 13, 14), Operation.Get(3, "k", "later", 15, 16),
        ]);

        Assert.Equal(1, Run("--timeout", "5", "--judge", path));
        var lines = output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("NOT linearizable: 6 operations, 1 keys", lines[0], StringComparison.Ordinal);
        Assert.Contains("Key \"k\"", lines[1], StringComparison.Ordinal);
        Assert.Equal(
            [
                "  process 1  put \"old\"  0–5",
                "  process 1  put \"new\"  6–8",
                "  process 3  get → \"old\"  11–12",
            ],
            lines[2..]);
    }

    [Fact]
    public void A_refused_write_that_was_read_is_named()
    {
        var refused = Operation.Put(1, "k", "v", 0, 5).Refused();
        HistoryFile.Write(path, [refused, Operation.Get(2, "k", "v", 6, 7)]);

        Assert.Equal(1, Run("--judge", path));
        Assert.Contains("definitely failed", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("put \"v\"  0–5 (failed)", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_unreadable_line_is_named()
    {
        File.WriteAllText(path, "\n{\"op\":\"get\"}");

        Assert.Equal(2, Run("--judge", path));
        Assert.Contains($"{path}: line 2: ", errors.ToString(), StringComparison.Ordinal);
        Assert.Empty(output.ToString());
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        Assert.Equal(2, Run("--judge", path + ".none"));
        Assert.Contains(path + ".none", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_is_not_a_history()
    {
        Assert.Equal(2, Run("--judge", Path.GetTempPath()));
    }

    [Theory]
    [InlineData("--judge")]
    [InlineData("--judge", "a", "--timeout")]
    [InlineData("--judge", "a", "--timeout", "0")]
    [InlineData("--judge", "a", "--timeout", "soon")]
    [InlineData("--judge", "a", "--judge", "b")]
    [InlineData("--judge", "a", "--fast")]
    public void Arguments_that_make_no_sense_are_explained(params string[] arguments)
    {
        Assert.Equal(2, Run(arguments));
        Assert.Contains("--judge FILE.jsonl", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_history_too_hard_for_the_time_is_undecided()
    {
        HistoryFile.Write(path, HardHistory.WithoutAnOrder(writers: 400));

        Assert.Equal(3, Run("--judge", path, "--timeout", "0.001"));
        Assert.StartsWith("undecided: ", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("--timeout", output.ToString(), StringComparison.Ordinal);
    }

    private int Run(params string[] arguments) => JudgeCommand.Run(arguments, output, errors);
}
