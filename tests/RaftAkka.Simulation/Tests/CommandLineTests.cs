using RaftAkka.Simulation.Breaks;
using RaftAkka.Simulation.Faults;
using RaftAkka.Simulation.Runs;
using Xunit;

namespace RaftAkka.Simulation.Tests;

public sealed class CommandLineTests
{
    [Fact]
    public void Without_arguments_two_hundred_seeds_run_with_all_faults()
    {
        var line = CommandLine.Parse([]);

        Assert.Equal((1ul, 200ul), (line.First, line.Last));
        Assert.Equal(FaultKinds.All, line.Run.Faults);
        Assert.Null(line.Run.Servers);
    }

    [Fact]
    public void Every_argument_is_understood()
    {
        var line = CommandLine.Parse([
            "--seeds", "7..9", "--servers", "5", "--steps", "123", "--faults", "network,crash",
            "--break", "stale-read", "--campaign", "1.5", "--workers", "3",
        ]);

        Assert.Equal((7ul, 9ul, 3), (line.First, line.Last, line.Workers));
        Assert.Equal(FaultKinds.Network | FaultKinds.Crash, line.Run.Faults);
        Assert.Equal((5, 123, "stale-read"), (line.Run.Servers, line.Run.Steps, line.Run.Break));
        Assert.Equal(TimeSpan.FromSeconds(90), line.Campaign);
    }

    [Theory]
    [InlineData("--seeds", "9..7")]
    [InlineData("--seeds", "some")]
    [InlineData("--faults", "3")]
    [InlineData("--faults", "flood")]
    [InlineData("--servers", "0")]
    [InlineData("--steps", "-1")]
    [InlineData("--break", "everything")]
    [InlineData("--speed", "9")]
    [InlineData("--trace", "file")]
    [InlineData("--seeds")]
    public void What_makes_no_sense_is_refused_by_name(params string[] arguments)
    {
        var errors = new StringWriter();

        Assert.Equal(2, SimulateCommand.Run(arguments, TextWriter.Null, errors));

        Assert.Contains(arguments[0], errors.ToString(), StringComparison.Ordinal);
        Assert.Contains("--campaign MINUTES", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Help_names_every_argument_every_bug_and_the_judge_and_is_no_error()
    {
        var output = new StringWriter();

        Assert.Equal(0, SimulateCommand.Run(["--help"], output, TextWriter.Null));

        string[] named = ["--seeds", "--campaign", "--faults", "--trace", "--judge", "--timeout", .. AllBreaks.Names];
        Assert.All(named, name => Assert.Contains(name, output.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public void A_campaign_runs_seeds_that_no_campaign_before_it_ran()
    {
        Assert.True(CommandLine.Parse(["--campaign", "1"]).First > 1_000_000);
        Assert.Equal(7ul, CommandLine.Parse(["--campaign", "1", "--seeds", "7..7"]).First);
    }

    [Fact]
    public void A_run_ends_with_one_line_of_what_it_came_to()
    {
        var output = new StringWriter();

        var exit = SimulateCommand.Run(["--seeds", "3..4", "--steps", "500"], output, TextWriter.Null);

        Assert.Equal(0, exit);
        var line = Assert.Single(output.ToString().TrimEnd().Split('\n'));
        Assert.Matches(@"^2 seeds \(3\.\.4\), \d+ events .* simulated .* elections, .* answered, .*; faults: .*; violations: 0$", line);
    }

    [Fact]
    public void A_seed_alone_says_how_hostile_its_world_is()
    {
        var output = new StringWriter();

        SimulateCommand.Run(["--seeds", "3", "--steps", "500"], output, TextWriter.Null);

        Assert.Contains("Seed 3: drop ", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_promise_is_reported_with_its_seed_its_last_events_and_the_command_that_replays_it()
    {
        var output = new StringWriter();
        var exit = SimulateCommand.Run(
            ["--seeds", "1..1", "--break", "double-apply", "--servers", "3"], output, TextWriter.Null);

        Assert.Equal(1, exit);
        Assert.Contains("Seed 1 with 3 servers broke a promise", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("every command is applied at most once", output.ToString(), StringComparison.Ordinal);
        Assert.Matches(@"s\d machine +<- ApplyEntries", output.ToString());
        Assert.Contains(
            "-- --seeds 1..1 --steps 20000 --servers 3 --break double-apply --trace trace.txt",
            output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_failure_of_the_simulator_names_the_seed_and_the_command_that_shows_it_again()
    {
        var output = new StringWriter();
        var folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName(), "trace.txt");

        var exit = SimulateCommand.Run(["--seeds", "7", "--trace", folder], output, TextWriter.Null);

        Assert.Equal(1, exit);
        Assert.Contains("Seed 7 ", output.ToString(), StringComparison.Ordinal);
        Assert.Contains(nameof(DirectoryNotFoundException), output.ToString(), StringComparison.Ordinal);
        Assert.Contains("-- --seeds 7..7", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void All_seeds_that_break_a_promise_are_named_where_more_than_one_is_wanted()
    {
        var output = new StringWriter();

        var exit = SimulateCommand.Run(
            ["--seeds", "1..9", "--violations", "2", "--workers", "1", "--break", "double-apply"], output, TextWriter.Null);

        Assert.Equal(1, exit);
        Assert.Matches(@"Broken by 2 seeds: \d, \d\n", output.ToString());
    }

    [Fact]
    public void The_command_that_replays_a_seed_is_understood_and_says_the_same()
    {
        var line = CommandLine.Parse(["--servers", "7", "--steps", "99", "--faults", "disk,network"]);

        var replayed = CommandLine.Parse(line.Replay(12).Split(" -- ")[1].Split(' '));

        Assert.Equal(line.Run, replayed.Run);
        Assert.Equal((12ul, 12ul), (replayed.First, replayed.Last));
    }
}
