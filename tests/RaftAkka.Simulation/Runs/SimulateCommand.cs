using System.Runtime.InteropServices;
using RaftAkka.Simulation.Judging;

namespace RaftAkka.Simulation.Runs;

/// <summary>Runs seeds as the command line says.</summary>
internal static class SimulateCommand
{
    private const int WrongArguments = 2;

    /// <returns>The process's exit code.</returns>
    public static int Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter errors)
    {
        if (arguments.Contains("--help"))
        {
            output.WriteLine("Runs the real actors in hostile worlds, each drawn from a seed; or judges a history.");
            WriteUsage(output);
            return Campaign.Held;
        }

        CommandLine line;
        try
        {
            line = CommandLine.Parse(arguments);
        }
        catch (FormatException wrong)
        {
            errors.WriteLine(wrong.Message);
            WriteUsage(errors);
            return WrongArguments;
        }

        var campaign = new Campaign(line, output, new ProgressBar(errors, isShown: IsTerminal(errors)));
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
        {
            signal.Cancel = true;   // What was run so far is worth its summary.
            campaign.Stop();
        });
        return campaign.Run();
    }

    private static bool IsTerminal(TextWriter errors) => errors == Console.Error && !Console.IsErrorRedirected;

    private static void WriteUsage(TextWriter to)
    {
        to.WriteLine(CommandLine.Usage);
        to.WriteLine(JudgeCommand.Usage);
    }
}
