using System.Diagnostics;
using RaftAkka.Simulation.Breaks;
using RaftAkka.Simulation.Faults;
using RaftAkka.Simulation.Runs;
using Xunit;

namespace RaftAkka.Simulation.Tests;

public sealed class SeedTests
{
    private const ulong SeedsToCatchIn = 200;

    public static TheoryData<string> EveryBreak => [.. AllBreaks.Names];

    [Fact]
    public void Two_hundred_seeds_with_all_faults_keep_every_promise()
    {
        var output = new StringWriter();
        var line = CommandLine.Parse(["--seeds", "1..200"]);

        var exit = new Campaign(line, output, ProgressBar.None).Run();

        Assert.True(exit == Campaign.Held, output.ToString());
        Assert.Contains("violations: 0", output.ToString(), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(EveryBreak))]
    public void Every_known_bug_is_caught_within_two_hundred_seeds(string name)
    {
        for (ulong seed = 1; seed <= SeedsToCatchIn; seed++)
            if (new SeedRun(seed, new RunSettings { Break = name }).Run().Violations.Count > 0) return;

        Assert.Fail($"{name} was not caught");
    }

    [Fact]
    public void An_exception_outside_of_any_actor_is_told_with_the_seed_it_came_from()
    {
        var result = new SeedRun(5, new RunSettings { Steps = 500 }, new UnwritableTrace()).Run();

        Assert.Equal(5ul, result.Seed);
        var told = Assert.Single(result.Violations);
        Assert.Equal(RunResult.SimulatorFails, told.Promise);
        Assert.Contains("nobody takes this trace", told.Facts, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_runs_of_a_seed_give_the_same_trace_to_the_byte()
    {
        Assert.Equal(TraceOf(seed: 5), TraceOf(seed: 5));
        Assert.NotEqual(TraceOf(seed: 5), TraceOf(seed: 6));
    }

    // Hashes of strings and references differ between processes, so that an order that comes from them would show.
    [Fact]
    public void Two_processes_give_the_same_trace_to_the_byte()
    {
        var folder = Directory.CreateTempSubdirectory("raftakka-simulation-");
        try
        {
            var first = TraceFromProcess(Path.Combine(folder.FullName, "first"));
            var second = TraceFromProcess(Path.Combine(folder.FullName, "second"));

            Assert.NotEmpty(first);
            Assert.Equal(first, second);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Many_seeds_at_a_time_come_out_like_each_alone()
    {
        var settings = new RunSettings { Steps = 3000 };
        var alone = Enumerable.Range(1, 12).Select(seed => Fingerprint(seed, settings)).ToArray();
        var together = new ulong[alone.Length];

        var threads = together.Select((_, place) => new Thread(() =>
            together[place] = Fingerprint(place + 1, settings))).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();

        Assert.Equal(alone, together);
    }

    [Fact]
    public void Without_faults_nothing_is_lost_and_one_election_is_enough()
    {
        var result = new SeedRun(1, new RunSettings { Faults = FaultKinds.None }).Run();

        Assert.Empty(result.Violations);
        Assert.Equal((1, 0), (result.Elections, result.Unknown));
        Assert.All(result.Faults.Values, count => Assert.Equal(0, count));
    }

    private sealed class UnwritableTrace : StringWriter
    {
        public override void Write(char value) => throw new IOException("nobody takes this trace");

        public override void Write(string? value) => Write(' ');

        public override void WriteLine(string? value) => Write(' ');
    }

    private static ulong Fingerprint(int seed, RunSettings settings) =>
        new SeedRun((ulong)seed, settings).Run().Fingerprint;

    private static string TraceOf(ulong seed)
    {
        var trace = new StringWriter();
        new SeedRun(seed, new RunSettings { Steps = 5000 }, trace).Run();
        return trace.ToString();
    }

    private static byte[] TraceFromProcess(string file)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                typeof(SeedRun).Assembly.Location, "--seeds", "5..5", "--steps", "5000", "--trace", file,
            },
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == Campaign.Held, output + errors.Result);
        return File.ReadAllBytes(file);
    }
}
