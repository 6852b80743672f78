CREATE DATABASE desk OWNER assistant;
