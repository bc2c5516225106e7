# SPDX-License-Identifier: GPL-2.0-only
#
# Which tests execute a line of a source file? A test that does not execute a line cannot notice
# a fault in this line, so tests/mutants/run does not run the test for such a fault.
#
# Each test is linked once more, with objects that count the executions of each line (gcc's
# --coverage), and runs once. Its counts are in DIR/run/TEST until the test is built again.
# A process that ends without exit() loses its counts, so a test that calls fork() is said to
# execute every line.
package Lines;
use strict;
use warnings;
use File::Basename qw(basename dirname);
use File::Path qw(make_path remove_tree);
use Cwd qw(getcwd);

# dir: where the objects and counts are; compile: the compiler with its options; link: for each
# test the command that links it; sources: the files whose lines are counted; passes: a function
# that runs a program with environment variables and returns whether the program passed; quietly:
# a function that runs a shell command and returns its exit status.
sub new
{
	my ($class, %args) = @_;
	my $self = bless({ %args, lines => {} }, $class);

	make_path("$self->{dir}/obj", "$self->{dir}/run");
	return $self;
}

sub object_of
{
	my ($self, $file) = @_;

	return "$self->{dir}/obj/" . ($file =~ s{\.c$}{.o}r);
}

# Makes the library of counting objects; returns its name.
sub library
{
	my ($self) = @_;
	my $lib = "$self->{dir}/libcounting.a";
	my $is_new = 0;

	for my $file (@{$self->{sources}}) {
		my $object = $self->object_of($file);

		next if -e $object && -M $object < -M $self->{plain}->($file);
		make_path(dirname($object));
		die "mutants: $file does not compile with --coverage\n" if $self->{quietly}->(
			"$self->{compile} -O0 -U_FORTIFY_SOURCE --coverage -iquote " .
			dirname($file) . " -c -o $object $file");
		$is_new = 1;
	}
	return $lib if !$is_new && -e $lib;
	unlink($lib);
	die "mutants: no $lib\n" if $self->{quietly}->(
		"ar rcs $lib " . join(' ', map { $self->object_of($_) } @{$self->{sources}}));
	return $lib;
}

# Runs the counting version of a test, if the test is newer than its counts.
sub count
{
	my ($self, $test) = @_;
	my $run = "$self->{dir}/run/" . basename($test);
	my $program = "$self->{dir}/" . basename($test);

	return if -e "$run/done" && -M "$run/done" < -M $test;
	my $lib = $self->{lib} //= $self->library();
	my $link = $self->{link}{$test} =~ s{ -o \S+ }{ -o $program --coverage }r;

	remove_tree($run);
	make_path($run);
	# The linker takes an object from the first archive behind the reference that has it. So the
	# counting objects must stand before each archive, because each refers to others.
	$link =~ s{-Wl,--start-group}{-Wl,-S -Wl,--start-group $lib};
	$link =~ s{(\S+/lib/lib\S+\.a)}{$1 $lib}g;
	$self->{quietly}->($link) == 0 or die "mutants: $test does not link with --coverage\n";
	local $ENV{GCOV_PREFIX} = getcwd() . "/$run";
	local $ENV{GCOV_PREFIX_STRIP} = () = getcwd() =~ m{/[^/]+}g;
	$self->{passes}->($program) or print "# $test fails when its lines are counted\n";
	unlink($program);
	open(my $out, '>', "$run/done") or die;
}

# Returns { LINE => was the line executed? } of the lines that have code, or undef if the test
# does not contain the file.
sub lines_of
{
	my ($self, $test, $file) = @_;
	my $object = $self->object_of($file);
	my $data = "$self->{dir}/run/" . basename($test) . '/' . ($object =~ s/o$/gcda/r);
	my %lines;

	return if !-e $data;
	my $notes = $data =~ s/gcda$/gcno/r;
	symlink(getcwd() . '/' . ($object =~ s/o$/gcno/r), $notes) if !-e $notes;
	for (split(/\n/, `gcov -t '$data' 2>/dev/null`)) {
		my ($count, $line) = /^\s*([^:\s]+):\s*(\d+):/ or next;

		$lines{$line} = $count =~ /^\d/ ? 1 : 0 if $count ne '-' && $line > 0;
	}
	return \%lines;
}

# Does the test, whose lines are counted, execute the line? A line without code of its own
# counts as executed if one of the nearest two lines with code, before and after it, is executed.
sub executes
{
	my ($self, $test, $file, $line) = @_;

	my $lines = $self->{lines}{"$test $file"} //= $self->lines_of($test, $file) // {};
	return $lines->{$line} if defined $lines->{$line};
	my ($before, $after) = (0, 1 << 30);

	for my $l (keys %$lines) {
		$before = $l if $l < $line && $l > $before;
		$after = $l if $l > $line && $l < $after;
	}
	return $lines->{$before} || $lines->{$after};
}

1;
